import { type FeatureName, type FeatureStateFragment, unwrap } from '../../sdk/index.ts';
import { CommandError, EXIT } from './exit.ts';
import { running, type ServerOptions } from './target.ts';
import { columns, printable } from './text.ts';

interface ListOptions extends ServerOptions {
  json?: boolean;
}

interface SetOptions extends ServerOptions {
  on?: boolean;
  off?: boolean;
  percent?: number;
  reason: string;
}

/** Lists the features, and who changed them last. */
export async function features({ json, ...server }: ListOptions): Promise<number> {
  const found = await running(server).signalbox.migration.features();
  console.log(json ? JSON.stringify(found, null, 2) : featureTable(found));
  return EXIT.ok;
}

/** Switches a feature, or changes its share. */
export async function setFeature(
  feature: FeatureName,
  { on, off, percent, reason, ...server }: SetOptions,
): Promise<number> {
  if (on && off) throw new CommandError('It is either --on or --off.', EXIT.usage);
  const enabled = on ? true : off ? false : null;
  const change = { feature, enabled, rolloutPercentage: percent ?? null, reason };
  const changed = unwrap(await running(server).signalbox.migration.setFeature(change));
  console.log(featureTable([changed]));
  return EXIT.ok;
}

export function featureTable(features: readonly FeatureStateFragment[]): string {
  const rows = features.map(({ name, enabled, rolloutPercentage, source, lastChange }) => [
    name,
    enabled ? 'on' : 'off',
    `${rolloutPercentage} %`,
    source,
    lastChange ? printable(`${lastChange.at} ${lastChange.by}: ${lastChange.reason.slice(0, 80)}`) : '',
  ]);
  return columns([['FEATURE', '', 'SHARE', 'SOURCE', 'LAST CHANGE'], ...rows], [false, false, true]);
}
