import type { Clearance, Lack, Language, Rule, Sequential, SplitCheck } from './types.ts';

interface Phrases {
  ready: string;
  notReady: string;
  rules: Record<Rule, string>;
  confirmed: (issue: string) => string;
  unconfirmed: (issue: string, process: Sequential | null) => string;
  lacking: (service: 'legacy' | 'candidate', lack: Lack) => string;
  unsound: (split: SplitCheck) => string;
  notCleared: (clearance: Clearance | null) => string;
  noMemoryYet: string;
  promote: string;
}

const few = (value: number) => (value >= 1000 ? value.toExponential(1) : value.toPrecision(3));

const en: Phrases = {
  ready: 'Moving to the new service is recommended.',
  notReady: 'Resolve the following problems.',
  rules: {
    RESPONSE_TIME: 'The response time is worse by 10 % or more.',
    TIME_TO_FIRST_TEXT: 'The time to the first text is worse by 10 % or more.',
    ERROR_RATE: 'The error rate has gone up.',
    MEMORY_USAGE: 'The memory usage has gone up by 20 % or more.',
    SAMPLE_SIZE: 'There is not enough data to compare the services.',
    TRAFFIC_SPLIT: 'The sessions are not split as the flag says.',
  },
  confirmed: (issue) => `Confirmed, chance does not explain it: ${issue}`,
  unconfirmed: (issue, process) =>
    process
      ? `Chance can explain it (evidence ${few(process.peak)} of ${process.threshold}): ${issue}`
      : `Not confirmed yet: ${issue}`,
  lacking: (service, { requests, sessions }) =>
    `The ${service === 'legacy' ? 'legacy' : 'new'} service needs ${requests} more calls and ${sessions} more sessions.`,
  unsound: ({ candidate, sessions, expected }) =>
    `${candidate} of ${sessions} sessions got the new service where the flag promised ${Math.round(expected)}; no verdict can rest on that.`,
  notCleared: (clearance) => {
    if (!clearance) return 'Too few calls to rule out that the response time is worse by 10 % or more.';
    if (!clearance.moreNeeded)
      return 'The response time is not cleared, and more calls like these would not clear it.';
    return `The response time is not cleared: about ${clearance.moreNeeded.candidate} more calls of the new service are needed.`;
  },
  noMemoryYet: 'The memory has not been watched for long enough.',
  promote:
    'No rule is broken, there is enough data, the split is sound, and a response time worse by 10 % or more is ruled out.',
};

const ja: Phrases = {
  ready: '新サービスへの移行を推奨します',
  notReady: '以下の問題を解決してください',
  rules: {
    RESPONSE_TIME: 'レスポンスタイムが10%以上劣化',
    TIME_TO_FIRST_TEXT: '最初の文字が届くまでの時間が10%以上劣化',
    ERROR_RATE: 'エラー率が増加',
    MEMORY_USAGE: 'メモリ使用量が20%以上増加',
    SAMPLE_SIZE: '比較に必要なデータが不足',
    TRAFFIC_SPLIT: 'セッションの配分がフラグの設定と不一致',
  },
  confirmed: (issue) => `偶然では説明できません: ${issue}`,
  unconfirmed: (issue, process) =>
    process
      ? `偶然の可能性があります（証拠 ${few(process.peak)} / ${process.threshold}）: ${issue}`
      : `まだ確認されていません: ${issue}`,
  lacking: (service, { requests, sessions }) =>
    `${service === 'legacy' ? '旧' : '新'}サービスには、あと${requests}件の呼び出しと${sessions}セッションが必要です`,
  unsound: ({ candidate, sessions, expected }) =>
    `新サービスのセッションは${sessions}件中${candidate}件で、フラグの設定では${Math.round(expected)}件のはずです。この配分では判定できません`,
  notCleared: (clearance) => {
    if (!clearance) return 'レスポンスタイムの10%以上の劣化を否定するには、呼び出しが足りません';
    if (!clearance.moreNeeded)
      return 'レスポンスタイムの劣化を否定できず、同様の呼び出しが増えても否定できません';
    return `レスポンスタイムの劣化をまだ否定できません。新サービスの呼び出しがあと約${clearance.moreNeeded.candidate}件必要です`;
  },
  noMemoryYet: 'メモリ使用量の観測時間が足りません',
  promote:
    'どの規則にも違反がなく、データは十分で、配分は正しく、レスポンスタイムの10%以上の劣化は否定されました',
};

export const PHRASES: Record<Language, Phrases> = { en, ja };
