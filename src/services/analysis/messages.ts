/** What an analysis says of its progress. */
export interface Messages {
  readingFile: string;
  fileRead: string;
  planning: string;
  coding: string;
  executing: string;
  reporting: string;
  repairing: (round: number, error: string) => string;
}

export type Language = 'en' | 'ja';

export const MESSAGES: Record<Language, Messages> = {
  en: {
    readingFile: 'Getting the data file’s information…',
    fileRead: 'Got the data file’s information',
    planning: 'Generating the plan…',
    coding: 'Generating the code…',
    executing: 'Executing the code…',
    reporting: 'Generating the report…',
    repairing: (round, error) => `The code failed and is being repaired (round ${round}): ${error}`,
  },
  ja: {
    readingFile: 'データファイル情報を取得中...',
    fileRead: 'データファイル情報を取得しました',
    planning: '計画生成中...',
    coding: 'コード生成中...',
    executing: 'コード実行中...',
    reporting: 'レポート生成中...',
    repairing: (round, error) => `コードの実行に失敗したため修正しています（${round}回目）: ${error}`,
  },
};

/** The language of a session's answers: Japanese where its preferences ask for it, else English. */
export const languageOf = (preferences: Record<string, unknown>): Language =>
  typeof preferences.language === 'string' && /^ja\b/i.test(preferences.language) ? 'ja' : 'en';
