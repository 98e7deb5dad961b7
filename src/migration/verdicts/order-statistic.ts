/**
 * The value at a rank of all values so far, where the rank follows their number: two heaps that meet at it. The rank
 * may rise by one at most with each value. A value costs O(log n).
 */
export class OrderStatistic {
  readonly #rankOf: (n: number) => number;
  /** Those below the rank, negated: its top is the largest of them. */
  readonly #below = new MinHeap();
  /** The value at the rank, and those above. */
  readonly #above = new MinHeap();

  /** @param rankOf The rank among n values, 1 being the smallest. Beyond n it counts as n. */
  constructor(rankOf: (n: number) => number) {
    this.#rankOf = rankOf;
  }

  get count(): number {
    return this.#below.size + this.#above.size;
  }

  /** Infinite while there is no value. */
  get value(): number {
    return this.#above.top ?? Number.POSITIVE_INFINITY;
  }

  add(value: number): void {
    if (value >= this.value) this.#above.push(value);
    else this.#below.push(-value);
    const n = this.count;
    const below = Math.min(Math.max(this.#rankOf(n), 1), n) - 1;
    while (this.#below.size < below) this.#below.push(-this.#above.pop()!);
    while (this.#below.size > below) this.#above.push(-this.#below.pop()!);
  }
}

class MinHeap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  get top(): number | undefined {
    return this.#items[0];
  }

  push(value: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= value) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = value;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const value = items.pop();
    const size = items.length;
    if (value === undefined || size === 0) return top;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= size) break;
      const child = left + 1 < size && items[left + 1]! < items[left]! ? left + 1 : left;
      if (items[child]! >= value) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = value;
    return top;
  }
}
