import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { CommandError } from './exit.ts';

/** @throws {InvalidArgumentError} The name says neither HTML nor Markdown. */
export function reportFile(path: string): string {
  if (!/^\.(html|md)$/i.test(extname(path)))
    throw new InvalidArgumentError('Its name must end in .html or .md.');
  return path;
}

/** @throws {CommandError} */
export async function writeReport(path: string, report: { html: string; markdown: string }): Promise<void> {
  const text = extname(path).toLowerCase() === '.html' ? report.html : report.markdown;
  await writeFile(path, text).catch((cause: Error) => {
    throw new CommandError(`The report could not be written to ${path}: ${cause.message}`, undefined, {
      cause,
    });
  });
}
