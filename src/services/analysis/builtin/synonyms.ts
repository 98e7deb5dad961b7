import { normalize } from './words.ts';

/** Words that name the same thing in a column's heading and in a request. Taking one for another is reported. */

const GROUPS = `
sales revenue turnover 売上 売上高 売り上げ 売上額
amount 金額 額
price cost_price 価格 値段 単価 料金
cost expense expenditure 費用 コスト 経費 原価
profit earnings margin 利益 収益
quantity qty volume 数量 個数 販売数 販売数量
discount 割引 値引き
product item goods merchandise article 商品 製品 品目 商品名 品名
category type kind class genre カテゴリ カテゴリー 分類 区分 種類 タイプ
customer client buyer 顧客 客 お客様 取引先 得意先
order purchase 注文 受注 購入
employee staff worker 従業員 社員
salary wage pay income compensation 給与 給料 年収 賃金 所得
department dept division 部署 部門
company firm business 会社 企業
store shop outlet branch 店舗 店 支店
country nation 国 国名
city town 都市 市 市町村
region area territory 地域 エリア 地方 地区
state province prefecture 都道府県 県 州
address 住所
gender sex 性別 男女
age 年齢 年令
name 名前 氏名 名 名称
date 日付 年月日 日時 日
year yr 年度 年
month 月
time 時間 時刻
duration 所要時間 期間
temperature temp 気温 温度
precipitation rain rainfall 降水量 雨量 降水
wind 風 風速
weather 天気 天候
humidity 湿度
pressure 気圧
weight mass 体重 重さ 重量
height 身長 高さ
length 長さ
width 幅
depth 深さ
size サイズ 大きさ
speed velocity 速度
distance 距離
population inhabitant 人口
score point mark grade 点数 得点 スコア 成績
rating stars review 評価 レビュー
species 種 生物種
island 島
source origin 供給源 電源 出典
generation production output 発電量 生産量 発電
consumption usage 消費量 使用量
electricity power energy 電力 エネルギー
student pupil 生徒 学生
subject course 科目 教科
color colour 色
brand maker manufacturer ブランド メーカー
status state_of ステータス 状態 状況
beak bill culmen くちばし 嘴
flipper フリッパー ひれ 翼
body 体
average mean avg 平均
maximum max highest 最高 最大
minimum min lowest 最低 最小
number no num 番号
percent percentage pct rate ratio 率 割合
id identifier コード code
visitor guest 来場者 来訪者
stock inventory 在庫 在庫数
channel チャネル 経路
payment 支払 支払い 支払方法
`;

/** Words of columns that hold what was sold, best first. */
export const SOLD = ['quantity', 'unit', 'sold', 'sales'];

const CONCEPT = new Map<string, string>();
for (const line of GROUPS.trim().split('\n')) {
  const words = line.split(' ').map(normalize);
  for (const word of words) if (!CONCEPT.has(word)) CONCEPT.set(word, words[0]!);
}

/** The name shared by a word and its synonyms; the word itself where it has none. */
export const conceptOf = (norm: string): string => CONCEPT.get(norm) ?? norm;

export const JAPANESE_SYNONYMS: string[] = [...CONCEPT.keys()].filter((word) => /[^\x20-\x7e]/.test(word));

/** Words too common in headings to find a column by, unless only one column has them. */
export const GENERIC = new Set(
  'name id number date type total amount value count maximum minimum average percent code of the time category size status no'.split(
    ' ',
  ),
);

/** Words of quantities that can be added up; of anything else the average is shown unless a sum is asked for. */
export const ADDITIVE = new Set(
  'sales amount quantity profit cost order precipitation generation consumption death case visitor unit sold count total generation budget gross donation vote goal payment spend click impression view download passenger 件数 death birth damage tip'.split(
    ' ',
  ),
);

/** Words that make a quantity unfit for adding up, whatever else its name says. */
export const INTENSIVE = new Set(
  'price average rate percent ratio index share per temperature age score rating maximum minimum median mean'.split(
    ' ',
  ),
);
