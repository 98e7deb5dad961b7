/** Who is connected: bounds the live connections of one owner and counts the subscribers of all. */
export class Presence {
  readonly #perOwner: number;
  readonly #connections = new Map<string, number>();
  #subscribers = 0;

  constructor(perOwner: number) {
    this.#perOwner = perOwner;
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  /** @returns How to leave, once; undefined where the owner has too many connections already. */
  connect(owner: string): (() => void) | undefined {
    const count = this.#connections.get(owner) ?? 0;
    if (count >= this.#perOwner) return undefined;

    this.#connections.set(owner, count + 1);
    return once(() => {
      const left = this.#connections.get(owner)! - 1;
      if (left) this.#connections.set(owner, left);
      else this.#connections.delete(owner);
    });
  }

  subscribe(): () => void {
    this.#subscribers++;
    return once(() => {
      this.#subscribers--;
    });
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
