import type { Evidence, Language, RolloutAction, Rule } from '../verdicts/index.ts';

interface Labels {
  title: string;
  period: string;
  action: string;
  actions: Record<RolloutAction, string>;
  readiness: { READY: string; NOT_READY: string };
  problem: string;
  sureness: string;
  evidences: Record<Evidence, string>;
  figures: string;
  measure: string;
  legacy: string;
  candidate: string;
  improvement: string;
  requests: string;
  sessions: string;
  responseTime: string;
  firstText: string;
  errorRate: string;
  memory: string;
  distribution: string;
  shareOfCalls: string;
  evidence: string;
  rule: string;
  rules: Record<Rule, string>;
  eValue: string;
  peak: string;
  threshold: string;
  clearing: (slower: number, requests: number, p: string, threshold: string) => string;
  moreNeeded: (candidate: number) => string;
  neverEnough: string;
  split: (candidate: number, sessions: number, expected: string, p: string) => string;
  windows: (count: number, longestRun: number) => string;
  unknown: string;
}

const en: Labels = {
  title: 'Legacy and new service compared',
  period: 'Period',
  action: 'Action',
  actions: {
    PROMOTE: 'PROMOTE: give the new service more traffic',
    HOLD: 'HOLD: leave the traffic as it is',
    ROLLBACK: 'ROLLBACK: go back to the legacy service',
  },
  readiness: { READY: 'READY', NOT_READY: 'NOT READY' },
  problem: 'Problem',
  sureness: 'Evidence',
  evidences: {
    CONFIRMED: 'confirmed',
    UNCONFIRMED: 'unconfirmed',
    CLEARED: 'cleared',
    INSUFFICIENT_DATA: 'not enough data',
  },
  figures: 'Figures',
  measure: 'Measure',
  legacy: 'Legacy',
  candidate: 'New',
  improvement: 'Improvement',
  requests: 'Calls',
  sessions: 'Sessions',
  responseTime: 'Response time',
  firstText: 'Time to first text',
  errorRate: 'Error rate',
  memory: 'Memory usage',
  distribution: 'Distribution of the response times',
  shareOfCalls: 'Share of calls',
  evidence: 'Evidence',
  rule: 'Rule',
  rules: {
    RESPONSE_TIME: 'Response time',
    TIME_TO_FIRST_TEXT: 'Time to first text',
    ERROR_RATE: 'Error rate',
    MEMORY_USAGE: 'Memory usage',
    SAMPLE_SIZE: 'Sample size',
    TRAFFIC_SPLIT: 'Traffic split',
  },
  eValue: 'E-value',
  peak: 'Highest',
  threshold: 'Confirms from',
  clearing: (slower, requests, p, threshold) =>
    `Clearing the response time: ${slower} of ${requests} calls of the new service are slower than allowed (p = ${p}, cleared below ${threshold}).`,
  moreNeeded: (candidate) => `About ${candidate} more calls of the new service would clear it.`,
  neverEnough: 'More calls like these would not clear it.',
  split: (candidate, sessions, expected, p) =>
    `Split: ${candidate} of ${sessions} sessions got the new service; the flag promised ${expected} (p = ${p}).`,
  windows: (count, longestRun) =>
    `Memory: ${count} windows; the new service held too much in ${longestRun} in a row at most.`,
  unknown: 'unknown',
};

const ja: Labels = {
  title: '新旧サービスの比較',
  period: '期間',
  action: '対応',
  actions: {
    PROMOTE: 'PROMOTE: 新サービスへの配分を増やす',
    HOLD: 'HOLD: 現在の配分を維持する',
    ROLLBACK: 'ROLLBACK: 旧サービスに戻す',
  },
  readiness: { READY: '移行可能', NOT_READY: '移行不可' },
  problem: '問題',
  sureness: '確実さ',
  evidences: {
    CONFIRMED: '確認済み',
    UNCONFIRMED: '未確認',
    CLEARED: '否定済み',
    INSUFFICIENT_DATA: 'データ不足',
  },
  figures: '数値',
  measure: '指標',
  legacy: '旧',
  candidate: '新',
  improvement: '改善率',
  requests: '呼び出し数',
  sessions: 'セッション数',
  responseTime: 'レスポンスタイム',
  firstText: '最初の文字まで',
  errorRate: 'エラー率',
  memory: 'メモリ使用量',
  distribution: 'レスポンスタイムの分布',
  shareOfCalls: '呼び出しの割合',
  evidence: '証拠',
  rule: '規則',
  rules: {
    RESPONSE_TIME: 'レスポンスタイム',
    TIME_TO_FIRST_TEXT: '最初の文字まで',
    ERROR_RATE: 'エラー率',
    MEMORY_USAGE: 'メモリ使用量',
    SAMPLE_SIZE: 'データ量',
    TRAFFIC_SPLIT: '配分',
  },
  eValue: 'e値',
  peak: '最大値',
  threshold: '確認の基準',
  clearing: (slower, requests, p, threshold) =>
    `レスポンスタイム劣化の否定: 新サービスの呼び出し${requests}件中${slower}件が許容値より遅い（p = ${p}、${threshold}未満で否定）`,
  moreNeeded: (candidate) => `新サービスの呼び出しがあと約${candidate}件あれば否定できる見込みです`,
  neverEnough: '同様の呼び出しが増えても否定できません',
  split: (candidate, sessions, expected, p) =>
    `配分: ${sessions}セッション中${candidate}件が新サービス、フラグの設定では${expected}件（p = ${p}）`,
  windows: (count, longestRun) => `メモリ: ${count}区間、新サービスの超過は最長で連続${longestRun}区間`,
  unknown: '不明',
};

export const LABELS: Record<Language, Labels> = { en, ja };
