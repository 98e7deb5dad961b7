import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';

/** A file that refers to its own parts again and again is no workflow. */
const MOST_ALIASES = 100;

export type Path = readonly (string | number)[];

/** Something that is wrong with a file. */
export interface FileProblem {
  /** From 1; null where it is about no place in the file. */
  line: number | null;
  message: string;
}

/** A YAML document: what it says, and where. */
export interface YamlDocument {
  value: unknown;
  /**
   * The line of a field or element, from 1; of the nearest thing around it that the file has. Names match in
   * snake_case and camelCase. Null where the file is empty.
   */
  lineOf(path: Path): number | null;
}

/** @returns What it says; or, where it is no YAML, all that is wrong with it. */
export function readYaml(text: string): YamlDocument | { problems: FileProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0)
    return { problems: faults.map(({ message, pos }) => ({ line: lineAt(pos[0]), message: said(message) })) };
  const endless = endlessAlias(document);
  if (endless)
    return {
      problems: [
        {
          line: endless.range ? lineAt(endless.range[0]) : null,
          message: `*${endless.source} stands inside of what it stands for, so that it would never end`,
        },
      ],
    };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    // The reader throws where a document multiplies itself.
    return { problems: [{ line: null, message: said((error as Error).message) }] };
  }

  const resolved = (node: unknown): Node | null => {
    if (isAlias(node)) return node.resolve(document) ?? null;
    return isNode(node) ? node : null;
  };
  return {
    value,
    lineOf(path) {
      let node = resolved(document.contents);
      let offset = node?.range?.[0];
      for (const part of path) {
        const found = inside(node, part);
        if (!found) break;
        offset = found.at ?? offset;
        node = resolved(found.node);
      }
      return offset === undefined ? null : lineAt(offset);
    },
  };
}

/** The first alias that stands inside of what it stands for. */
function endlessAlias(document: Document.Parsed): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias(_, alias, around) {
      const named = around.some((node) => (isMap(node) || isSeq(node)) && node.anchor === alias.source);
      // The name may have been given again since. Finding whose it is takes a walk through the file.
      const node = named && alias.resolve(document);
      if (!node || !around.includes(node)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** A field or an element of a node, and where it begins. */
function inside(node: Node | null, part: string | number): { node: unknown; at: number | undefined } | null {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return isNode(item) ? { node: item, at: item.range?.[0] } : null;
  }
  if (!isMap(node)) return null;
  const named = (same: (key: string) => boolean) =>
    node.items.find(({ key }) => isScalar(key) && same(String(key.value)));
  const pair = named((key) => key === part) ?? named((key) => camel(key) === camel(String(part)));
  if (!pair) return null;
  return { node: pair.value, at: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
}

/** `data_mapping` as `dataMapping`; what is written so already stays. */
export const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const said = (message: string) => `This is no YAML: ${message.split('\n', 1)[0] ?? ''}`;
