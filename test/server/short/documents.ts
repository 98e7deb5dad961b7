import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What a client may send. */
export interface Asked {
  query: string;
  variables: Record<string, unknown>;
}

interface Settings {
  schema: GraphQLSchema;
  /** Levels of selections. */
  depth: number;
  /** `Type.field` that is never asked for. */
  without?: ReadonlySet<string>;
  /** What an argument of type ID may be. */
  ids?: readonly string[];
}

type Draw = fc.GeneratorValue;

/** Queries over a schema: aliases, fragments, variables, `@skip` and `@include`, and now and then a wrong value. */
export const documents = (settings: Settings): fc.Arbitrary<Asked> =>
  fc.gen().map((draw) => new Writer(draw, settings).document());

class Writer {
  readonly #draw: Draw;
  readonly #settings: Settings;
  readonly #declared: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  #names = 0;

  constructor(draw: Draw, settings: Settings) {
    this.#draw = draw;
    this.#settings = settings;
  }

  document(): Asked {
    const { schema, depth } = this.#settings;
    const selections = this.#selections(schema.getQueryType()!, depth);
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    return {
      query: [`query Asked${declared} ${selections}`, ...this.#fragments].join('\n'),
      variables: this.#variables,
    };
  }

  #chance(percent: number): boolean {
    return this.#draw(fc.integer, { min: 0, max: 99 }) >= 100 - percent;
  }

  #oneOf<Value>(values: readonly Value[]): Value {
    return values[this.#draw(fc.integer, { min: 0, max: values.length - 1 })]!;
  }

  #selections(type: GraphQLNamedType, depth: number): string {
    const count = this.#draw(fc.integer, { min: 1, max: 4 });
    const written = Array.from({ length: count }, () => this.#selection(type, depth));
    return `{ ${written.join(' ')} }`;
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    if (depth > 1 && this.#chance(30)) return this.#fragment(type, depth - 1);
    const fields = this.#fieldsOf(type, depth);
    if (fields.length === 0 || this.#chance(10)) return '__typename';
    return this.#field(this.#oneOf(fields), depth);
  }

  #fragment(type: GraphQLNamedType, depth: number): string {
    const possible = isAbstractType(type) ? this.#settings.schema.getPossibleTypes(type) : [];
    const on = possible.length > 0 && this.#chance(60) ? this.#oneOf(possible) : type;
    const selections = this.#selections(on, depth);
    if (this.#chance(30)) {
      const name = `F${this.#names++}`;
      this.#fragments.push(`fragment ${name} on ${on} ${selections}`);
      return `...${name}${this.#directive()} ...${name}`;
    }
    return `...${on === type && this.#chance(50) ? '' : ` on ${on}`}${this.#directive()} ${selections}`;
  }

  #fieldsOf(type: GraphQLNamedType, depth: number): GraphQLField<unknown, unknown>[] {
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).filter(
      (field) =>
        !this.#settings.without?.has(`${type}.${field.name}`) &&
        (depth > 1 || isLeafType(getNamedType(field.type))),
    );
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    // Without an alias the same field may come twice, and is then one.
    const alias = field.args.length > 0 || this.#chance(20) ? `a${this.#names++}: ` : '';
    const inside = isLeafType(type) ? '' : ` ${this.#selections(type, depth - 1)}`;
    return `${alias}${field.name}${this.#arguments(field.args)}${this.#directive()}${inside}`;
  }

  #directive(): string {
    if (!this.#chance(15)) return '';
    const name = this.#oneOf(['skip', 'include']);
    if (this.#chance(50)) return ` @${name}(if: ${this.#chance(50)})`;
    return ` @${name}(if: ${this.#declare('Boolean!', this.#chance(97) ? this.#chance(50) : null)})`;
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const given = args
      .filter(({ type }) => isNonNullType(type) || this.#chance(50))
      .map(({ name, type }) => `${name}: ${this.#value(type)}`);
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  #value(type: GraphQLInputType): string {
    if (!this.#chance(40)) return this.#literal(this.#json(type), type);
    const value = this.#chance(4) ? this.#oneOf([null, [], {}, 'wrong', 1.5, true]) : this.#json(type);
    const loose =
      isNonNullType(type) && this.#chance(5)
        ? `${type.ofType} = ${this.#literal(this.#json(type), type)}`
        : `${type}`;
    return this.#declare(loose, this.#chance(4) ? undefined : value);
  }

  #declare(type: string, value: unknown): string {
    const name = `v${this.#names++}`;
    this.#declared.push(`$${name}: ${type}`);
    if (value !== undefined) this.#variables[name] = value;
    return `$${name}`;
  }

  #json(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#json(type.ofType);
    if (isListType(type))
      return Array.from({ length: this.#draw(fc.integer, { min: 0, max: 2 }) }, () =>
        this.#json(type.ofType),
      );
    if (isEnumType(type)) return this.#oneOf(type.getValues()).name;
    if (isInputObjectType(type))
      return Object.fromEntries(
        Object.values(type.getFields())
          .filter((field) => isNonNullType(field.type) || this.#chance(40))
          .map((field) => [field.name, this.#json(field.type)]),
      );
    switch (type.name) {
      case 'Int':
        return this.#draw(fc.integer, { min: 0, max: 5 });
      case 'Float':
        return this.#draw(fc.integer, { min: -5, max: 5 }) / 2;
      case 'Boolean':
        return this.#chance(50);
      case 'ID':
        return this.#oneOf(this.#settings.ids ?? ['1', 'two']);
      case 'DateTime':
        return '2026-01-31T09:30:00Z';
      default:
        return this.#oneOf(['', 'Ann', 'ö”\\n', 'abcd']);
    }
  }

  #literal(value: unknown, type: GraphQLInputType): string {
    if (isNonNullType(type)) return this.#literal(value, type.ofType);
    if (isListType(type))
      return `[${(value as unknown[]).map((item) => this.#literal(item, type.ofType)).join(', ')}]`;
    if (isEnumType(type)) return String(value);
    if (isInputObjectType(type)) {
      const fields = type.getFields();
      const written = Object.entries(value as object).map(
        ([name, item]) => `${name}: ${this.#literal(item, fields[name]!.type)}`,
      );
      return `{${written.join(', ')}}`;
    }
    return JSON.stringify(value);
  }
}
