/** The vocabulary of requests: data, not code. Every phrase is matched by its words, whatever their case or number. */

/** What a phrase asks for, or the part it plays in the sentence. */
export type Tag = keyof typeof LEXICON;

export const LEXICON = {
  // Figures
  count:
    'how many | how many times | number of times | number of | count | counts | count of | frequency | how often | tally | # | 件数 | 何件 | 個数 | 回数 | 何回 | 人数 | 何人 | 何個 | 何羽 | 何匹 | 何台 | 何本 | 何日 | 日数 | 店舗数 | 行数 | レコード数 | 数え | 数えて | いくつ',
  sum: 'total | sum | sum up | total amount of | altogether | overall amount of | combined | in total | add up | 合計 | 総計 | 総額 | 総和 | 総数 | 累計 | トータル | 全部で | 合計値',
  average: 'average | mean | avg | on average | typical | typically | 平均 | 平均値 | アベレージ',
  median: 'median | middle value | 中央値 | メジアン',
  max: 'max | maximum | highest | largest | biggest | greatest | peak | record high | 最大 | 最大値 | 最高 | 最高値 | 一番高い | 最も高い | 最も大きい | 一番大きい | もっとも高い | もっとも大きい | ピーク',
  min: 'min | minimum | lowest | smallest | record low | 最小 | 最小値 | 最低 | 最低値 | 一番低い | 最も低い | 最も小さい | 一番小さい | もっとも低い | もっとも小さい',
  stddev: 'standard deviation | std | stddev | std dev | variability | 標準偏差 | ばらつき | バラツキ',
  distinct:
    'distinct | unique | different | how many different | how many unique | how many distinct | number of unique | number of distinct | number of different | 種類数 | 何種類 | ユニーク | ユニーク数 | 重複なし | 何か国 | 何カ国',
  share:
    'share | shares | percentage | percent | proportion | proportions | fraction | ratio of | what part | 割合 | 比率 | シェア | 構成比 | パーセント | 占める | 何割 | 率',

  // Order
  top: 'top | most | best | leading | ranking | ranked | rank | top selling | best selling | bestselling | 上位 | トップ | 多い | 最も多い | 一番多い | もっとも多い | ランキング | 順位 | 高い順 | 多い順 | 大きい順 | ベスト',
  bottom:
    'bottom | least | fewest | worst | weakest | 下位 | ワースト | 少ない | 最も少ない | 一番少ない | もっとも少ない | 低い順 | 少ない順 | 小さい順',
  common:
    'most common | most frequent | most popular | commonest | most often | most frequently | popular | 最も一般的 | 最頻 | 最頻値 | 人気 | よくある',
  rare: 'least common | least frequent | least popular | rarest | 珍しい | 最も珍しい',

  // Kinds of analysis
  trend:
    'trend | trends | over time | over the year | over the month | time series | timeline | evolve | evolved | evolution | develop | developed | development | change over time | changed over time | how has | growth | history | 推移 | 傾向 | トレンド | 時系列 | 変化 | 経過 | 伸び | 成長',
  distribution:
    'distribution | distributed | histogram | spread | range | quartile | percentile | breakdown | break down | boxplot | box plot | 分布 | ヒストグラム | 内訳 | 散らばり | 度数 | 四分位 | 範囲 | 箱ひげ図',
  correlation:
    'correlation | correlate | correlated | correlates | correlations | relationship | relation | relate | relates | related | association | associated | depend | depends | versus | vs | against | scatter | scatter plot | scatterplot | 相関 | 相関係数 | 関係 | 関連 | 散布図 | 連動',
  compare:
    'compare | compared | comparing | comparison | difference | differences | differ | differs | gap | 比較 | 比べ | 比べて | 違い | 差 | 差異 | 対比',
  quality:
    'missing value | missing values | missing | null | nulls | empty value | empty cell | data quality | quality of the data | incomplete | completeness | duplicate | duplicates | duplicated | 欠損 | 欠損値 | 欠測 | 空欄 | 品質 | データ品質 | 重複 | 抜け | 未入力',
  overview:
    'overview | describe | summary | summarize | summarise | analyze | analyse | analysis | explore | insight | insights | profile | tell me about | what is in | what’s in | look at | report | 概要 | 要約 | 分析 | 解析 | まとめ | 全体像 | 特徴 | 説明 | レポート | サマリー | 概観',

  // Time steps
  day: 'daily | day | days | per day | 日別 | 日次 | 毎日 | 日ごと | 日毎 | 日々 | どの日',
  week: 'weekly | week | weeks | 週別 | 週次 | 毎週 | 週ごと | 週毎 | どの週',
  month: 'monthly | month | months | 月別 | 月次 | 毎月 | 月ごと | 月毎 | 月間 | どの月 | 何月',
  quarter: 'quarterly | quarter | quarters | 四半期 | 四半期別 | 四半期ごと | 四半期毎',
  year: 'yearly | annual | annually | year | years | year by year | 年別 | 年次 | 毎年 | 年ごと | 年毎 | 年間 | 年度別 | どの年 | 何年',
  weekday: 'weekday | day of the week | day of week | days of the week | 曜日 | 曜日別 | 曜日ごと | 何曜日',
  monthOfYear:
    'month of the year | month of year | calendar month | seasonal | seasonality | season | 季節 | 季節性 | 暦月',
  hourOfDay: 'hour | hourly | hour of day | hour of the day | time of day | 時間帯 | 時間別 | 時間帯別',

  // Grammar
  by: 'by | per | for each | for every | each | every | across | grouped by | group by | broken down by | split by | depending on | in each | within each | according to | 各',
  byAfter:
    '別 | 別に | 別の | ごと | ごとに | ごとの | 毎 | 毎の | 毎に | 単位 | あたり | 当たり | によって | による',
  and: 'and | & | , | と | 、 | および | 及び | ならびに | or | や | または',
  which: 'which | what | who | whose | where | どの | どれ | どちら | 何の | 誰',
  when: 'when | いつ',
  not: 'excluding | exclude | except | except for | without | not | other than | ignoring | but not | isn’t | is not | are not | not in | non | を除く | を除いた | を除いて | 除く | 除いて | 除いた | 以外 | 以外の | ではない | でない',

  // Bounds: of the number that follows (English) or precedes (Japanese)
  over: '> | over | above | more than | greater than | higher than | larger than | bigger than | exceeding | exceeds | longer than | older than | heavier than | taller than | 超 | 超え | を超える | より大きい | より多い | より高い | より上 | を上回る',
  atLeast: '>= | ≥ | at least | or more | no less than | minimum of | from at least | 以上',
  under:
    '< | under | below | less than | lower than | smaller than | fewer than | shorter than | younger than | lighter than | cheaper than | 未満 | より小さい | より少ない | より低い | より下 | を下回る',
  atMost: '<= | ≤ | at most | or less | up to | no more than | maximum of | 以下 | 以内',
  equal: '= | == | equals | equal to | is exactly | exactly | に等しい | が等しい',
  unequal: '!= | <> | ≠ | not equal to | is not equal to',
  between: 'between',
  from: 'from | から',
  to: 'to | through | until | till | - | – | ~ | 〜 | ～ | まで | までの',
  after: 'after | since | starting | from after | later than | 以降 | 以後 | より後 | の後',
  before: 'before | until | prior to | earlier than | up until | 以前 | より前 | の前 | までに',
  last: 'last | past | latest | most recent | recent | 直近 | 過去 | 最近 | 最新',

  // What it cannot do
  forecast:
    'forecast | predict | prediction | projection | extrapolate | next year | next month | next quarter | next week | in the future | future | will be | expected to be | 予測 | 予想 | 見通し | 来年 | 来月 | 将来 | 今後',
  cause:
    'why | cause | causes | caused | causal | because of | reason | reasons | due to | effect of | impact of | impact | influence | influences | driver | drivers | なぜ | 原因 | 理由 | 要因 | 影響 | 因果',
  test: 'significant | significance | statistically significant | p-value | p value | hypothesis test | t-test | anova | chi square | confidence interval | 有意 | 有意差 | 検定 | 信頼区間',
  model:
    'regression | cluster | clusters | clustering | segment | segmentation | classify | classification | machine learning | train a model | anomaly | anomalies | outlier | outliers | 回帰 | クラスタ | クラスタリング | 分類 | 機械学習 | 異常 | 外れ値',
  formula:
    'times | × | multiplied by | multiply | divided by | minus | product of | 掛けた | 掛け合わせ | かけた | 割った | 引いた',
  prose:
    'write | translate | translation | email | essay | poem | story | sentiment | recommend | recommendation | recommendations | advice | suggest | suggestion | 翻訳 | 文章 | 書いて | メール | 感情 | 提案 | おすすめ | 推薦 | 助言 | アドバイス',
} as const;

/** Words that ask for both an order and a kind of column: "the cheapest", "the heaviest". */
export const SUPERLATIVES: ReadonlyArray<{ words: string; concept: string; direction: 'desc' | 'asc' }> = [
  { words: 'heaviest | 最も重い | 一番重い | もっとも重い | 重い順', concept: 'weight', direction: 'desc' },
  { words: 'lightest | 最も軽い | 一番軽い | もっとも軽い', concept: 'weight', direction: 'asc' },
  { words: 'tallest', concept: 'height', direction: 'desc' },
  { words: 'shortest', concept: 'length', direction: 'asc' },
  { words: 'longest | 最も長い | 一番長い | もっとも長い', concept: 'length', direction: 'desc' },
  { words: 'oldest', concept: 'age', direction: 'desc' },
  { words: 'youngest', concept: 'age', direction: 'asc' },
  {
    words: 'cheapest | least expensive | 最も安い | 一番安い | もっとも安い | 最安',
    concept: 'price',
    direction: 'asc',
  },
  { words: 'most expensive | priciest | dearest | 最も高価 | 最高値', concept: 'price', direction: 'desc' },
  {
    words: 'hottest | warmest | 最も暑い | 一番暑い | もっとも暑い',
    concept: 'temperature',
    direction: 'desc',
  },
  {
    words: 'coldest | coolest | 最も寒い | 一番寒い | もっとも寒い',
    concept: 'temperature',
    direction: 'asc',
  },
  { words: 'wettest | rainiest', concept: 'precipitation', direction: 'desc' },
  { words: 'driest | dryest', concept: 'precipitation', direction: 'asc' },
  { words: 'windiest', concept: 'wind', direction: 'desc' },
  { words: 'fastest | quickest | 最も速い | 一番速い', concept: 'speed', direction: 'desc' },
  { words: 'slowest', concept: 'speed', direction: 'asc' },
  { words: 'most populous | most populated', concept: 'population', direction: 'desc' },
  { words: 'highest paid | best paid', concept: 'salary', direction: 'desc' },
  {
    words:
      'sold most | sold the most | bought the most | bought most | ordered the most | buy the most | sell the most | sell most | selling most',
    concept: 'sold',
    direction: 'desc',
  },
  { words: 'sold least | sold the least | sell the least', concept: 'sold', direction: 'asc' },
  { words: '売れた | 売れている | 売れ筋', concept: 'sold', direction: 'desc' },
];

/** Words that carry no question of their own. What is in none of these lists counts as "not understood". */
export const STOP_WORDS = `a an the is are was were be been being am do does did doing done has have had having of in on at for with within
to into onto from as than then that this these those there here it its they them their he she his her we us our you your i me my mine
please can could would should may might must shall will want need like show give tell find get list display draw plot chart graph visualize
visualise make create calculate compute determine see know let look up out all any some both only just also too very much many more how
about around overall whole entire total data dataset datasets file table row record entry entries column field variable csv
value figure number numbers result information info question answer detail hi hello thanks thank kindly if so such not no yes
vs via using use used based over time if one per each every other when while during between among amongst same
'clock pie bar line go went come came happen happened occur occurred exist there's what's who's let's i'm i'd breakdown figure figures
sold sell selling buy bought most least amount amounts level levels occurrence occurrences case cases now currently
, . ? ! : ; ( ) [ ] { } / * … 。 、 ？ ！ ： ・ （ ） ' ’ " - – — & % $ € £ ¥
の は が を に で と も へ や など です ます でした ました か から まで より ですか でしょうか ください 下さい 教えて 教え おしえて 見せて 見たい 示して 出して 調べて 求めて
計算 計算して 表示 表示して 作成 作成して 作って 描いて 可視化 グラフ チャート 図 表 知りたい して する した している します しました ある あります いる いくら どう どうなって
どのように どれくらい どのくらい どれ どの 何 なに なん この その それ あの これ について に関する に関して における において での では には とは という と言う
データ データセット ファイル 列 行 レコード 項目 値 数値 数 全体 全て すべて 全部 各 それぞれ 間 中 うち 内 時 場合 もの こと ところ よう ため お願い お願いします ほしい 欲しい
的 性 順 順に 並べて 一覧 結果 情報 最も 一番 もっとも な い て た だ し れ さ せ られ ている ており され される された では、 円 個 件 人 回 台 本 ドル 歳 羽 匹 日 月 年 週`;

/** Words for values that data spell in other ways. */
export const VALUE_ALIASES: Record<string, string[]> = {
  女性: ['女', 'female', 'f', 'woman', '女子'],
  男性: ['男', 'male', 'm', 'man', '男子'],
  女: ['女性', 'female', 'f'],
  男: ['男性', 'male', 'm'],
  woman: ['female', 'f', 'women', '女性'],
  man: ['male', 'm', 'men', '男性'],
  female: ['f', 'woman', '女性', '女'],
  male: ['m', 'man', '男性', '男'],
};

/** English number words that stand before "largest", after "top" and so on. */
export const NUMBER_WORDS: Record<string, number> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
};

export const MONTHS: Record<string, number> = Object.fromEntries(
  'january february march april may june july august september october november december'
    .split(' ')
    .flatMap((name, i) => [
      [name, i + 1],
      [name.slice(0, 3), i + 1],
      ...(name === 'september' ? [['sept', 9] as [string, number]] : []),
    ]),
);
