import { createHash } from 'node:crypto';
import { EProcess } from '../verdicts/e-process.ts';
import { compareReplies } from './replies.ts';
import { similarityOf } from './similarity.ts';
import type { Reply } from './types.ts';

/** How often the candidate is farther away than the control, if its replies differ from the legacy ones. */
const ALTERNATIVES = [0.55, 0.6, 0.65, 0.7, 0.8, 0.9];
/** One process, so alpha 0.05 is not split. */
const CONFIRMING = 20;
const MOST_PATHS = 1_000;
const LEAST_RELATIVE = 0.2;
const LEAST_ABSOLUTE = 0.0003;

/** Two replies of the legacy service to the same message, and one of the candidate. */
export interface Triple {
  /** Of this comparison alone: it tosses the coin for ties. */
  readonly id: string;
  readonly legacy: Reply;
  readonly control: Reply;
  readonly candidate: Reply;
}

export interface PathNoise {
  readonly path: string;
  /** Triples in which the candidate differs from the legacy reply here. */
  readonly raw: number;
  /** Triples in which the control does. */
  readonly noise: number;
}

/**
 * Tells a service that answers differently from one whose answers vary by themselves. The candidate's reply, were it one
 * of the legacy service's own, would be nearer to the first legacy reply than the control as often as not, whatever
 * nearness is: how often it is farther away is the evidence, and it may be looked at after every triple.
 */
export class ReplyNoise {
  readonly #process = new EProcess(ALTERNATIVES);
  readonly #paths = new Map<string, { raw: number; noise: number }>();
  #triples = 0;
  #texts = 0;
  #farther = 0;

  add({ id, legacy, control, candidate }: Triple): void {
    this.#triples += 1;
    this.#count(compareReplies(legacy, candidate).differences, 'raw');
    this.#count(compareReplies(legacy, control).differences, 'noise');

    const [first, second, other] = [textOf(legacy), textOf(control), textOf(candidate)];
    if (first === null || second === null || other === null) return;
    const difference = similarityOf(first, other) - similarityOf(first, second);
    const farther = difference === 0 ? tossCoin(id) : difference < 0;
    this.#texts += 1;
    if (farther) this.#farther += 1;
    this.#process.add((q) => 2 * (farther ? q : 1 - q));
  }

  /** Evidence that the replies differ by more than the legacy service's own noise. */
  get verdict() {
    const { value, peak } = this.#process;
    return {
      triples: this.#triples,
      /** Triples of three texts, and of them those in which the candidate is farther away. */
      texts: this.#texts,
      farther: this.#farther,
      eValue: value,
      peak,
      threshold: CONFIRMING,
      differs: peak >= CONFIRMING,
      paths: this.#reported(),
    };
  }

  /** Where the candidate differs more often than the control: by a fifth, and in more than 0.03 % of all. */
  #reported(): PathNoise[] {
    return [...this.#paths]
      .map(([path, counts]) => ({ path, ...counts }))
      .filter(
        ({ raw, noise }) =>
          raw > noise &&
          (raw - noise) / (raw + noise) > LEAST_RELATIVE &&
          (raw - noise) / this.#triples > LEAST_ABSOLUTE,
      )
      .sort((a, b) => b.raw - b.noise - (a.raw - a.noise) || (a.path < b.path ? -1 : 1));
  }

  /** A path counts once per triple, an item of an array wherever it stands; 1,000 paths at most, the first ones. */
  #count(differences: readonly { path: string }[], as: 'raw' | 'noise'): void {
    for (const path of new Set(differences.map(({ path }) => path.replaceAll(/\[\d+\]/g, '[*]')))) {
      const counts = this.#paths.get(path) ?? { raw: 0, noise: 0 };
      if (!this.#paths.has(path) && this.#paths.size >= MOST_PATHS) continue;
      counts[as] += 1;
      this.#paths.set(path, counts);
    }
  }
}

const textOf = ({ reply, error }: Reply): string | null =>
  error === null && typeof reply === 'string' ? reply : null;

/** The same for the same id, so that counting again finds the same. */
const tossCoin = (id: string): boolean => createHash('sha256').update(id).digest()[0]! % 2 === 0;
