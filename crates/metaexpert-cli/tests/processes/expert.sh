# An expert's program, as far as it matters to those who start, watch and stop it.
#   --log-dir FOLDER  where it logs
#   --act WHAT        wait: until it is told to stop; stubborn: even then not; fail: at once, with exit code 1; end: at once, well
#   --leverage NUMBER is wrong whatever the number
# It warns of its configuration whenever it is started. Where it waits, SIGUSR1 is heard, and SIGUSR2 ends it well.
log_dir=logs act=wait
while [ $# -gt 0 ]; do
    case "$1" in
    --log-dir) log_dir=$2 ;;
    --act) act=$2 ;;
    --leverage)
        echo "error: --leverage: $2 is too much" >&2
        exit 3
        ;;
    --help)
        echo "what the expert can do"
        exit 0
        ;;
    --print-config)
        echo "warning: nothing is honoured" >&2
        cat <<JSON
{"version": "0.1.0", "experts": [{"name": "fake", "venue": "simulated", "keys": [
    {"key": "trade_mode", "value": "paper", "layer": "default", "place": null},
    {"key": "exchange", "value": "bybit", "layer": "code", "place": "code"},
    {"key": "symbol", "value": "BTCUSDT", "layer": "code", "place": "code"},
    {"key": "kill_switch_file", "value": "$log_dir/KILL", "layer": "default", "place": null},
    {"key": "state_dir", "value": "$log_dir/{expert}", "layer": "default", "place": null},
    {"key": "log_dir", "value": "$log_dir", "layer": "flag", "place": "flag --log-dir"},
    {"key": "log_to_file", "value": "true", "layer": "default", "place": null},
    {"key": "log_file", "value": "expert.log", "layer": "default", "place": null},
    {"key": "log_trade_file", "value": "trades.log", "layer": "default", "place": null},
    {"key": "log_error_file", "value": "errors.log", "layer": "default", "place": null}], "inputs": []}], "credentials": []}
JSON
        exit 0
        ;;
    esac
    shift 2
done

echo "warning: nothing is honoured" >&2
mkdir -p "$log_dir"
log() { echo "$(date -u +%Y-%m-%dT%H:%M:%S.999999Z) $2 [fake BTCUSDT] $3" >>"$log_dir/$1"; }

case "$act" in
wait)
    trap 'log expert.log "INFO " stopping; exit 130' TERM
    trap 'log expert.log "WARN " "closes everything, and halts"' USR1
    trap 'log expert.log "WARN " "closes everything, and ends"; exit 0' USR2
    ;;
stubborn) trap '' TERM USR2 ;;
esac
log expert.log "INFO " "started $$"
echo "act: $act" >&2
case "$act" in
fail)
    log expert.log ERROR "nothing works"
    log errors.log ERROR "nothing works"
    exit 1
    ;;
end) exit 0 ;;
esac
while :; do sleep 0.05; done
