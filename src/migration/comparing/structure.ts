import type { Reply, ReplyDifference } from './types.ts';

/** Beyond twice, or half, the length it is another kind of answer. */
const LENGTH_BAND = 2;
/** Of texts shorter than this, the length says nothing: "Yes." and "No, never." */
const LEAST_LENGTH = 40;
/** A refusal comes at once. */
const OPENING = 200;

const REFUSALS = [
  /^\W*(i['’]m |i am )?(very |so |really )?sorry\b.{0,60}\b(can['’]?t|cannot|can not|unable|won['’]t)\b/is,
  /^\W*i (can['’]?t|cannot|can not|am unable to|['’]m unable to|won['’]t) (help|assist|comply|do that|answer|provide|discuss)\b/is,
  /^\W*i['’]m (not able|unable) to (help|assist|comply|answer|provide|discuss)\b/is,
  /^\W*(申し訳(ありません|ございません)|すみません|ごめんなさい).{0,60}(できません|できかねます|いたしかねます|お答えしかねます|お手伝いできない)/s,
  /^\W*(その|この)?(ご)?(質問|依頼|要求|リクエスト)に(は)?(お)?(答え|応え|応じ).{0,20}(できません|できかねます|られません|かねます)/s,
];

/** Whether a text opens with the usual words of a refusal, in English or Japanese. A sign, not a proof. */
const isRefusal = (text: string): boolean => REFUSALS.some((words) => words.test(text.slice(0, OPENING)));

/** How the forms of two replies differ, before any word is compared. */
export function structureDifferences(legacy: Reply, candidate: Reply): ReplyDifference[] {
  const found: ReplyDifference[] = [];
  const note = (path: string, before: string, after: string) =>
    found.push({ kind: 'TYPE_MISMATCH', path, legacy: before, candidate: after });

  // Only one of the services may tell.
  const [stopped, stoppedToo] = [legacy.finishReason, candidate.finishReason];
  if (stopped && stoppedToo && stopped !== stoppedToo)
    note('finishReason', stopped.slice(0, 100), stoppedToo.slice(0, 100));

  if (typeof legacy.reply !== 'string' || typeof candidate.reply !== 'string') return found;
  const [refuses, refusesToo] = [isRefusal(legacy.reply), isRefusal(candidate.reply)];
  if (refuses !== refusesToo) note('refusal', String(refuses), String(refusesToo));

  const [length, other] = [legacy.reply.trim().length, candidate.reply.trim().length];
  const [shorter, longer] = [Math.min(length, other), Math.max(length, other)];
  if (longer >= LEAST_LENGTH && longer > LENGTH_BAND * shorter) note('length', String(length), String(other));
  return found;
}
