/** Who follows a simulated job, and where. */
import type { Station } from './queues.ts';

export interface Saying {
  at: number;
  is: 'first' | 'said' | 'own';
}

/** Those who follow a job at one gateway. */
export interface Topic {
  gateway: Station;
  followers: number;
  unread: Saying[];
  reading: boolean;
}

/** Evenly, on as many gateways as there are followers. */
export function topicsAt(gateways: readonly Station[], first: number, followers: number): Topic[] {
  const count = Math.min(followers, gateways.length);
  return Array.from({ length: count }, (_, i) => ({
    gateway: gateways[(first + i) % gateways.length]!,
    followers: Math.floor((followers + i) / count),
    unread: [],
    reading: false,
  }));
}
