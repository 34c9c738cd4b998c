import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Whether this machine has Prometheus and its `promtool`. */
export const hasPrometheus = ['prometheus', 'promtool'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** One series of an answer, with its last value: https://prometheus.io/docs/prometheus/latest/querying/api/ */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** An alert that waits or fires. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** A real Prometheus. Disposing ends it, and removes what it stored. */
export class PrometheusServer implements AsyncDisposable {
  readonly #origin: string;
  readonly #stop: () => Promise<void>;

  private constructor(origin: string, stop: () => Promise<void>) {
    this.#origin = origin;
    this.#stop = stop;
  }

  /** Starts one that scrapes `target`, a host and port, each second, and evaluates `rules` as often. */
  static async start(target: string, rules: string): Promise<PrometheusServer> {
    const folder = await mkdtemp(join(tmpdir(), 'stella-prometheus-'));
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: [{ job_name: 'plugin-host', static_configs: [{ targets: [target] }] }],
    };
    await writeFile(join(folder, 'rules.yaml'), rules);
    await writeFile(join(folder, 'prometheus.yaml'), JSON.stringify(config)); // JSON is YAML
    const server = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yaml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = once(server, 'close');
    const stop = async (): Promise<void> => {
      server.kill('SIGKILL'); // what it stored is not wanted
      await ended;
      await remove();
    };
    const address = await listeningAddress(server.stderr);
    if (address !== undefined) return new PrometheusServer(`http://${address}`, stop);
    await stop();
    throw new Error('Prometheus ended before it listened');
  }

  /** What it answers to an expression now. */
  async query(expression: string): Promise<readonly Series[]> {
    const { result } = await this.#get(`query?query=${encodeURIComponent(expression)}`);
    return result as readonly Series[]; // of type vector, as all that we ask for
  }

  async alerts(): Promise<readonly Alert[]> {
    const { alerts } = await this.#get('alerts');
    return alerts as readonly Alert[]; // as the documentation of its interface has it
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop();
  }

  async #get(path: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.#origin}/api/v1/${path}`);
    const { status, error, data } = JSON.parse(await response.text());
    if (status !== 'success') throw new Error(`Prometheus answers to ${path}: ${error}`);
    return data;
  }
}

/** What it says on standard error is read on after that, lest it waits for who reads it. */
function listeningAddress(stderr: Readable): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const lines = createInterface(stderr);
  lines.on('line', (line) => {
    const address = /component=web .*\baddress=(127\.0\.0\.1:[1-9]\d*)/.exec(line)?.[1];
    if (address !== undefined) resolve(address);
  });
  lines.once('close', () => resolve(undefined));
  return promise;
}
