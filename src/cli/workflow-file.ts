import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandError, tell } from './exit.ts';
import { understand, type Workflow } from './workflow-definition.ts';
import { type FileProblem, type Path, readYaml } from './workflow-yaml.ts';

/** Bytes: no gateway takes a longer request. */
const LARGEST_FILE = 1024 ** 2;

/** A file with a workflow, as it was found. */
export interface WorkflowFile {
  path: string;
  /** Null where so much is wrong that a gateway could say nothing sensible about the rest. */
  workflow: Workflow | null;
  /** What is wrong with it, as far as that can be seen without a gateway. */
  problems: FileProblem[];
  lineOf(path: Path): number | null;
}

/** @throws {CommandError} There is no such file, or it is too large. */
export async function readWorkflow(path: string): Promise<WorkflowFile> {
  const document = readYaml(await textOf(path));
  if ('problems' in document)
    return { path, workflow: null, problems: document.problems, lineOf: () => null };
  const { workflow, problems } = understand(document);
  const { lineOf } = document;
  for (const [name, { file, at }] of workflow?.datasets ?? []) {
    const found = await stat(beside(path, file)).catch(() => null);
    if (!found?.isFile())
      problems.push({ line: lineOf(at), message: `datasets.${name}: there is no file ${file}` });
  }
  return { path, workflow, problems, lineOf };
}

/** A path that a file names: from the folder that the file lies in. */
export const beside = (file: string, path: string): string => resolve(dirname(file), path);

/** Says on stderr what is wrong, as compilers do: an editor finds the place. */
export function complain({ path }: WorkflowFile, problems: readonly FileProblem[]): void {
  for (const { line, message } of inOrder(problems))
    tell(`${path}${line === null ? '' : `:${line}`}: ${message}`);
  tell(problems.length === 1 ? 'One problem.' : `${problems.length} problems.`);
}

/** By line; what has none comes last. */
const inOrder = (problems: readonly FileProblem[]) =>
  problems.toSorted((a, b) => (a.line ?? Number.POSITIVE_INFINITY) - (b.line ?? Number.POSITIVE_INFINITY));

async function textOf(path: string): Promise<string> {
  const unreadable = (cause: NodeJS.ErrnoException): never => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new CommandError(`${path}: ${reason}.`, undefined, { cause });
  };
  const found = await stat(path).catch(unreadable);
  if (!found.isFile()) throw new CommandError(`${path}: this is not a file.`);
  if (found.size > LARGEST_FILE)
    throw new CommandError(`${path}: it has ${found.size} bytes; at most ${LARGEST_FILE} are allowed.`);
  return readFile(path, 'utf8').catch(unreadable);
}
