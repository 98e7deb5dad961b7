/** The server's side of a measurement: how much processor the backends of one database used. */
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { hold, letGo } from '../held.ts';

/** A row, and no word of it or a notification. */
const SILENT = 'insert into scale_commits default values';
const NOTIFYING = `with row as (insert into scale_commits default values returning id)
  select pg_notify('scale_commits', id::text) from row`;

export class Backends implements AsyncDisposable {
  readonly url: string;
  readonly #client: pg.Client;
  /** Those that write; kept open, because what a backend used is gone with it. */
  readonly #writers: pg.Client[] = [];
  /** Nanoseconds by pid. */
  #before = new Map<number, number>();

  private constructor(url: string, client: pg.Client) {
    this.url = url;
    this.#client = client;
  }

  static async of(url: string): Promise<Backends> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    await client.connect();
    await client.query('create table if not exists scale_commits (id bigserial primary key)');
    return hold(new Backends(url, client));
  }

  /** From now on. */
  async reset(): Promise<void> {
    this.#before = await this.#used();
  }

  /** Microseconds of processor since `reset`. */
  async microseconds(): Promise<number> {
    let sum = 0;
    for (const [pid, used] of await this.#used()) sum += used - (this.#before.get(pid) ?? 0);
    return sum / 1_000;
  }

  /** Connections that listen. */
  async listening(): Promise<number> {
    const { rows } = await this.#client.query(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and application_name = 'signalbox listener'`,
    );
    return rows[0].count;
  }

  /** Commits per second of so many connections, each as fast as it can. */
  async commits(connections: number, notifying: boolean, seconds: number): Promise<number> {
    const clients = await this.#writing(connections);
    const began = performance.now();
    const end = began + seconds * 1_000;
    let done = 0;
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < end) {
          await client.query(notifying ? NOTIFYING : SILENT);
          done += 1;
        }
      }),
    );
    return done / ((performance.now() - began) / 1_000);
  }

  /** Commits so often, each with a notification of a log that nobody follows. */
  async notify(channel: string, times: number, connections = 4): Promise<void> {
    let told = 0;
    await Promise.all(
      (await this.#writing(connections)).map(async (client) => {
        while (told < times) {
          told += 1;
          await client.query('select pg_notify($1, $2)', [channel, `job_${'0'.repeat(26)} ${told}`]);
        }
      }),
    );
  }

  /** Connections that listen and do nothing else. @returns Ends them. */
  async listen(channel: string, connections: number): Promise<() => Promise<void>> {
    const clients = await this.#connect(connections);
    for (const client of clients) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    return async () => void (await Promise.all(clients.map((client) => client.end())));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    letGo(this);
    await Promise.all([this.#client, ...this.#writers].map((client) => client.end()));
  }

  async #writing(connections: number): Promise<pg.Client[]> {
    this.#writers.push(...(await this.#connect(Math.max(0, connections - this.#writers.length))));
    return this.#writers.slice(0, connections);
  }

  #connect(connections: number): Promise<pg.Client[]> {
    return Promise.all(
      Array.from({ length: connections }, async () => {
        const client = new pg.Client({ connectionString: this.url, query_timeout: 30_000 });
        // Where somebody stops us, the database goes first.
        client.on('error', () => {});
        await client.connect();
        return client;
      }),
    );
  }

  /** Every backend of the database but our own. */
  async #used(): Promise<Map<number, number>> {
    const { rows } = await this.#client.query(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    const used = new Map<number, number>();
    for (const { pid } of rows) {
      const line = await readFile(`/proc/${pid}/schedstat`, 'latin1').catch(() => null);
      if (line) used.set(pid, Number(line.split(' ')[0]));
    }
    return used;
  }
}
