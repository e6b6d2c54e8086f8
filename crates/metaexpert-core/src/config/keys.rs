//! The table of keys. Everything that knows a key by name is made from this one declaration.
//!
//! A row is: documentation, name, type, and
//! - `= value`: the default. A key without one is an `Option` in [`Config`](super::Config), and off where it is not set;
//! - `(1 to 125)`: the range of a number, in the words of [`Range`](super::Range); `("1 KiB" = 1024 to ..)` where its limits
//!   have words of their own.
//!
//! A group is its heading and whether its keys may stand in `#[on_init(..)]` (`attribute`) or not (`program`: they belong to
//! the whole program). Every key has a flag, a variable and a builder method.

/// Hands the table of keys to the macro that is named. Not part of the public interface: the facade makes its builder from it.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_key {
    ($callback:ident) => {
        $callback! {
            "Connection" program {
                /// Exchange to trade on: `binance`, `bybit` or `okx`.
                exchange: String = String::new();
                /// Name of the sub-account that the credentials belong to, where it is not the main account.
                subaccount: String;
                /// Address of the exchange's interface in place of its own hosts, such as `http://127.0.0.1:8080`.
                base_url: BaseUrl;
                /// Whether orders go to the exchange's test network instead of the real market.
                testnet: bool = false;
                /// Proxy that connections go through, such as `socks5://127.0.0.1:1080`; a user and password in it are never shown.
                proxy: ProxyUrl;
                /// Most requests that are sent to the exchange in a second; the exchange's own limits where it is not set.
                rate_limit: u32, (1 to 1000);
            }

            "Market" program {
                /// Kind of market.
                market_type: MarketType = MarketType::Futures;
                /// Kind of derivatives contract; says what profit and margin are paid in.
                contract_type: ContractType = ContractType::Linear;
                /// Whether a position is answered for by its own margin or by the whole account.
                margin_mode: MarginMode = MarginMode::Isolated;
                /// Whether a long and a short leg of one symbol can be held at once.
                position_mode: PositionMode = PositionMode::Hedge;
            }

            "Logging" attribute {
                /// Least level that `log_file` and the console take; a backtest takes `warning` where it is not set.
                log_level: LogLevel = LogLevel::Info;
                /// Name of the file that takes everything, in `log_dir`.
                log_file: String = "expert.log".to_owned();
                /// Name of the file that takes orders, executions and positions, in `log_dir`.
                log_trade_file: String = "trades.log".to_owned();
                /// Name of the file that takes errors and worse, in `log_dir`.
                log_error_file: String = "errors.log".to_owned();
                /// Folder of the log files; `{expert}` in it stands for the expert's name.
                log_dir: String = "logs".to_owned();
                /// Whether the log files are written.
                log_to_file: bool = true;
                /// Whether the log is shown on the console.
                log_to_console: bool = true;
                /// Whether `log_file` and `log_error_file` are JSON lines; `log_trade_file` always is, the console never.
                json_logging: bool = false;
                /// Size from which a log file is put aside and begun anew, such as `10 MiB`.
                log_max_file_size: ByteSize = ByteSize::new(10 << 20), ("1 KiB" = 1024 to "1 TiB" = 1099511627776);
                /// Files put aside that are kept of each log file.
                log_backup_count: u32 = 5, (0 to 1000);
                /// Whether each UTC day begins a new log file, whatever the size.
                log_rotate_daily: bool = false;
                /// Whether files put aside are compressed.
                log_compress: bool = false;
            }

            "Strategy" attribute {
                /// Symbol to trade, such as `BTCUSDT` or `BTC/USDT`.
                symbol: String;
                /// Length of the bars that `#[on_bar]` gets where it names none.
                timeframe: Timeframe = Timeframe::H1;
                /// Closed bars that are kept as history for handlers, in bars.
                lookback_bars: usize = 100, (0 to 1000000);
                /// Bars that reach the handlers before the first order is allowed, in bars.
                warmup_bars: usize = 0;
                /// Number that marks the orders of this expert.
                strategy_id: u32 = 0;
                /// Name in reports and logs; the name of the expert's module where it is not set.
                strategy_name: String;
                /// Comment on each order, for the exchange and the log: at most 12 letters, digits, `-` and `_`; at OKX at most 16 letters and digits.
                comment: String;
            }

            "Risk and sizing" attribute {
                /// Leverage of new positions, in times; 1 borrows nothing.
                leverage: u32 = 1, (1 to 125);
                /// Fall of equity from its peak that halts trading, in percent of the peak.
                max_drawdown_pct: Percent, (above 0 to 100);
                /// Loss since the beginning of the UTC day that halts trading, in the settlement currency.
                daily_loss_limit: Decimal, (above 0);
                /// What happens when `max_drawdown_pct` or `daily_loss_limit` is breached.
                on_breach: OnBreach = OnBreach::Close;
                /// File that refuses new entries for as long as it is there; looked for once a second. `{expert}` in it stands for the expert's name.
                kill_switch_file: String = "KILL".to_owned();
                /// Folder of what the next run has to know: drawdown, the day's loss, a halt. `{expert}` in it stands for the expert's name.
                state_dir: String = "state/{expert}".to_owned();
                /// How the size of an order is worked out where the order names none.
                size_type: SizeType;
                /// The number that `size_type` is about: base currency, quote currency, or percent of equity.
                size_value: Decimal, (above 0 to 1000000000000000);
                /// Largest value of a position, in quote currency.
                max_position_size_quote: Decimal, (above 0);
                /// Largest value of what one order opens, in quote currency.
                max_order_notional: Decimal, (above 0);
                /// Orders within 60 seconds, those that close included, after which entries are refused.
                max_orders_per_minute: u32, (1 to 10000);
                /// Average true range that a size is meant for, in percent of the close; where it is wider, sizes are smaller by as much.
                volatility_target_pct: Percent, (above 0 below 100);
            }

            "Protection" attribute {
                /// Distance of the protective stop from the entry, in percent of the entry's fill price.
                stop_loss_pct: Percent, (above 0 below 100);
                /// Distance of the take-profit from the entry, in percent of the entry's fill price.
                take_profit_pct: Percent, (above 0 to 1000000);
                /// Distance of the trailing stop from the best price since the entry, in percent of that price.
                trailing_stop_pct: Percent, (above 0 below 100);
                /// Gain on the entry from which the trailing stop begins to trail, in percent; from the entry on where it is not set.
                trailing_activation_pct: Percent, (above 0 to 1000000);
                /// Gain on the entry from which the stop stands at the entry's fill price, in percent.
                breakeven_pct: Percent, (above 0 to 1000000);
                /// What simulated market orders and stops lose on their price, in percent.
                slippage_pct: Percent = Percent::ZERO, (from 0 below 100);
                /// Most that a live market order may lose on the price it was decided at, in percent; what is left of it then is cancelled.
                max_slippage_pct: Percent, (above 0 below 100);
                /// Widest spread at which entries are allowed, in percent of the middle between the best bid and ask.
                max_spread_pct: Percent, (above 0 below 100);
                /// Furthest that the limit price of an entry may lie from the last price, in percent of the last price.
                price_collar_pct: Percent, (above 0 below 100);
                /// Protective stops within `stop_guard_bars` after which entries are refused for as many bars.
                stop_guard_count: u32, (1 to 1000);
                /// Bars within which `stop_guard_count` is counted, and for which entries are refused then.
                stop_guard_bars: u32, (1 to 1000000);
                /// Whole bars that have to end after the bar in which a symbol was closed before it is entered again.
                cooldown_bars: u32, (1 to 1000000);
                /// Move of the price within `circuit_breaker_minutes` after which entries are refused for as long, in percent of the lowest price.
                circuit_breaker_pct: Percent, (above 0 to 1000000);
                /// Minutes within which `circuit_breaker_pct` is looked for, and for which entries are refused then.
                circuit_breaker_minutes: u32, (1 to 1440);
            }

            "Portfolio" attribute {
                /// Most positions that are open at once.
                max_open_positions: u32, (from 1);
                /// Most entries that are open at once in one symbol.
                max_positions_per_symbol: u32, (from 1);
            }

            "Entry filters" attribute {
                /// Hours of the UTC day in which entries are allowed: `9,10,11` or `9-17`, the last hour included.
                trade_hours: HourSet;
                /// Days of the UTC week on which entries are allowed: `mon,tue` or `mon-fri`.
                allowed_days: DaySet;
                /// Smallest volume of the data's last bar at which entries are allowed, in the unit of the data.
                min_volume: Decimal, (above 0);
                /// Which volatility allows entries: an average true range within a band, or within percentiles of its past.
                volatility_filter: VolatilityFilter;
                /// Length of the average true range, in bars.
                volatility_period: usize = 14, (1 to 1000000);
                /// Least average true range that `atr_band` allows entries at, in percent of the close.
                volatility_min_pct: Percent, (above 0 below 100);
                /// Greatest average true range that `atr_band` allows entries at, in percent of the close.
                volatility_max_pct: Percent, (above 0 below 100);
                /// Average true ranges among which `atr_percentile` ranks the last one, itself included.
                volatility_window: usize = 100, (2 to 100000);
                /// Least rank that `atr_percentile` allows entries at: 0 is the lowest average true range, 100 the highest.
                volatility_min_rank: Percent, (above 0 to 100);
                /// Greatest rank that `atr_percentile` allows entries at.
                volatility_max_rank: Percent, (from 0 below 100);
                /// What says where the trend goes; entries against it are refused.
                trend_filter: TrendFilter;
                /// Bars in the average that `trend_filter` compares the close with, or in its ADX; 200, or 14 for `adx`, where it is not set.
                trend_period: usize, (1 to 1000000);
                /// Least ADX at which `adx` allows entries.
                trend_min_adx: Decimal = rust_decimal::dec!(25), (from 0 below 100);
            }

            "Run" program {
                /// What the expert trades against: recorded prices, live prices with simulated orders, or the exchange.
                trade_mode: TradeMode = TradeMode::Paper;
                /// First moment of the backtest, as a date or an RFC 3339 time, in UTC; the beginning of the data where it is not set.
                backtest_start: UnixNanos;
                /// End of the backtest, itself not included, as a date or an RFC 3339 time, in UTC; the end of the data where it is not set.
                backtest_end: UnixNanos;
                /// Balance at the beginning of a simulation, in the settlement currency.
                initial_capital: Decimal = rust_decimal::dec!(10000), (above 0 to 1000000000000000);
                /// Where bars come from: a CSV, zipped CSV or Parquet file, or `synthetic:seed=7,bars=525600`; with `fill_model` `ticks` or
                /// `book`, a file of ticks and books that `metaexpert data convert` has made.
                data: String;
                /// Folder that the report is written to; `reports/<expert>-<time>` where it is not set.
                report: String;
            }

            "Simulation" program {
                /// What a simulation sees of the market: of a bar the way from open to close over both extremes, or the open only; or recorded
                /// ticks; or the recorded order book.
                fill_model: FillModel = FillModel::Ohlc;
                /// What fills a resting limit order: a price that touches it, or one tick more.
                limit_fill: LimitFill = LimitFill::Touch;
                /// How a resting order moves through the queue at its price, on recorded ticks and books: by trades alone (`risk_averse`), or with
                /// a part of the cancellations too, `power:3` or `logarithm`.
                queue_model: String = "risk_averse".to_owned();
                /// How long data, requests and answers are on their way, on recorded ticks and books: `none`, `constant:5ms`,
                /// `constant:feed=1ms,order=5ms,answer=4ms`, `jitter:5ms..20ms,seed=7` or `file:PATH` of measured ones.
                latency: String = "none".to_owned();
                /// Fee of orders that take from the book, in percent of their value; the exchange's base tier where it is not set.
                taker_fee_pct: Percent, (from 0 below 100);
                /// Fee of orders that rest in the book, in percent of their value, negative for a rebate; the exchange's base tier where it is not set.
                maker_fee_pct: Percent, (above -100 below 100);
                /// Where rates of funding come from: a CSV or Parquet file, or `fixed:0.01%/8h`; nobody pays any where it is not set.
                funding: String;
                /// Length of shorter bars beneath those of `timeframe`, over which a simulation walks; `data` or `detail_data` has them.
                detail_timeframe: Timeframe;
                /// Where shorter bars beneath those of `data` come from: a CSV, zipped CSV or Parquet file.
                detail_data: String;
                /// Fee of a liquidation, in percent of the position's value; where it is not set, a position is taken over with all of its margin and no fee on top.
                liquidation_fee_pct: Percent, (from 0 below 100);
                /// What borrowed money and coins cost on `margin`, in percent a year, charged each hour.
                interest_rate_pct: Percent, (above 0 to 1000);
                /// How much faster than real time a paper run on made-up or recorded data goes, in times.
                speed: u32 = 1, (1 to 100000);
            }

            "Live" program {
                /// Whether orders may go to an exchange where real money is traded. Said with the call, never in code, in `metaexpert.toml`
                /// or in `.env`: `--confirm-live` or `METAEXPERT_CONFIRM_LIVE=1`.
                confirm_live: bool = false;
                /// What becomes of orders and positions when a run is stopped: both stay, the expert's own orders are cancelled (protective ones
                /// stay), or everything is closed.
                on_stop: OnStop = OnStop::Cancel;
                /// Time that a run is given to end in good order, in seconds.
                shutdown_timeout: u32 = 30, (1 to 3600);
                /// What an order in the journal survives before it leaves: the end of the process, or that of the machine's power.
                durability: Durability = Durability::Process;
                /// How often orders, positions and balances are compared with the exchange's, in seconds.
                compare_every: u32 = 60, (5 to 3600);
                /// How long nothing may be heard of a symbol before entries in it are refused, in seconds. Where its quotes are heard (always
                /// in live trading), only they count.
                max_data_age: u32 = 60, (1 to 86400);
                /// Whether the journal of earlier runs, with what they have left open and the strategy's state, is put aside, and one begun
                /// anew. Limits and halts stay. A live run refuses it while the journal has something open.
                fresh_state: bool = false;
                /// Whether the journal goes on though it was begun with another key, because the account's key was changed. For the call that
                /// follows such a change: from then on the journal knows the new one.
                new_key: bool = false;
            }

            "Monitoring" program {
                /// Address at which metrics, health and readiness are served, such as `127.0.0.1:9464`; nowhere where it is not set.
                metrics_address: ListenAddress;
                /// Whether `metrics_address` may be one that other machines reach. Nobody is asked for a password there.
                metrics_exposed: bool = false;
                /// Which notices are sent by webhook and Telegram, where `METAEXPERT_WEBHOOK_URL`, or `TELEGRAM_BOT_TOKEN` and
                /// `TELEGRAM_CHAT_ID`, are in the environment.
                notify_on: NoticeSet = NoticeSet::ALL;
                /// Address of Telegram's interface in place of its own host.
                telegram_base_url: BaseUrl;
                /// Address of an OpenTelemetry collector that is told of each order's life, such as `http://127.0.0.1:4318`. The program has
                /// to be built with the feature `otel`.
                traces_url: BaseUrl;
            }

            "Instrument" program {
                /// Smallest step of a price, in quote currency.
                tick_size: Decimal, (above 0);
                /// Smallest step of a quantity, in base currency or contracts.
                lot_size: Decimal, (above 0 to 1000000000000000000);
                /// Smallest value of an order that opens or increases, in quote currency.
                min_notional: Decimal, (from 0);
                /// Base currency in one contract.
                contract_size: Decimal, (above 0 to 1000000);
                /// Maintenance margin, in percent of a position's entry value.
                maintenance_margin_pct: Percent, (from 0 below 100);
            }
        }
    };
}
