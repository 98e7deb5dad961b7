import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServiceVersion } from '../../services/chat/types.ts';
import type { ServiceCall } from '../routing/index.ts';

/** Seconds. Replies take from milliseconds, of an echo, to minutes. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** Answers of the figures' sources are good for so long, however many ask. */
const FRESH_MS = 5_000;
/** A source that takes longer is left out. */
const PATIENCE_MS = 3_000;

/** A value, and the labels that tell it from the others of its figure. */
export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

/** A figure that is read when somebody asks for it. */
export interface Figure {
  name: string;
  help: string;
  /** A total only rises while the process lives. */
  kind: 'gauge' | 'total';
  labels?: readonly string[];
  read: () => readonly Sample[] | Promise<readonly Sample[]>;
}

/** Everything that is counted here, as Prometheus reads it. */
export class Metrics {
  readonly #log: Logger;
  readonly #registry = new Registry();
  readonly #requests: Counter<'endpoint' | 'method' | 'status'>;
  readonly #durations: Histogram<'endpoint' | 'service_version'>;
  /** Answered HTTP requests that the counter has not been told of, by its labels' values: telling it takes a microsecond. */
  readonly #answered = new Map<string, number>();

  constructor(log: Logger) {
    this.#log = log;
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'app_requests_total',
      help: 'Requests: over HTTP by path, and calls of the services by feature. Status: success, error or cancelled.',
      labelNames: ['endpoint', 'method', 'status'],
      registers,
      collect: () => this.#tell(),
    });
    this.#durations = new Histogram({
      name: 'app_request_duration_seconds',
      help: 'Until a reply was whole, by feature and the service that the session was given; fallbacks count as new.',
      labelNames: ['endpoint', 'service_version'],
      buckets: BUCKETS,
      registers,
    });
  }

  /** Reads these figures too, each when somebody asks. */
  watch(figures: readonly Figure[]): void {
    const registers = [this.#registry];
    for (const figure of figures) {
      const { name, help, kind, labels: labelNames = [] } = figure;
      const read = patiently(figure, this.#log);
      const collect = async function (this: Gauge | Counter) {
        const samples = await read();
        this.reset();
        // A reset figure without labels has the value 0, which nobody has measured.
        if (samples.length === 0 && labelNames.length === 0) this.remove();
        for (const { labels = {}, value } of samples) this.inc(labels, value);
      };
      if (kind === 'gauge') new Gauge({ name, help, labelNames, registers, collect });
      else new Counter({ name, help, labelNames, registers, collect });
    }
  }

  /** Counts a routed call. */
  call({ feature, version, outcome, durationMs }: ServiceCall): void {
    const endpoint = feature.toLowerCase();
    this.#requests.inc({ endpoint, method: 'reply', status: outcome === 'ok' ? 'success' : outcome });
    this.#durations.observe({ endpoint, service_version: VERSION_LABELS[version] }, durationMs / 1_000);
  }

  /** Counts an answered HTTP request. `endpoint` and `method` come from small sets. */
  request(endpoint: string, method: string, status: 'success' | 'error'): void {
    const labels = `${endpoint} ${method} ${status}`;
    this.#answered.set(labels, (this.#answered.get(labels) ?? 0) + 1);
  }

  #tell(): void {
    for (const [labels, count] of this.#answered) {
      const [endpoint = '', method = '', status = ''] = labels.split(' ');
      this.#requests.inc({ endpoint, method, status }, count);
    }
    this.#answered.clear();
  }

  /** Every figure in Prometheus' text format. Those that cannot be read now are left out. */
  async text(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}

const VERSION_LABELS: Readonly<Record<ServiceVersion, string>> = { LEGACY: 'legacy', NEW: 'new' };

/** Reads a figure at most every few seconds; one that fails, or takes too long, has no samples, and is logged once. */
function patiently({ name, read }: Figure, log: Logger): () => Promise<readonly Sample[]> {
  let fresh: { samples: Promise<readonly Sample[]>; until: number } | undefined;
  let failing = false;

  const attempt = async (): Promise<readonly Sample[]> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    try {
      const samples = await Promise.race([Promise.try(read), late.promise]);
      failing = false;
      return samples;
    } catch (error) {
      if (!failing) log.warn({ err: error, figure: name }, 'a figure cannot be read, and is left out');
      failing = true;
      return [];
    } finally {
      clearTimeout(timer);
    }
  };
  return () => {
    const now = performance.now();
    if (!fresh || now >= fresh.until) fresh = { samples: attempt(), until: now + FRESH_MS };
    return fresh.samples;
  };
}
