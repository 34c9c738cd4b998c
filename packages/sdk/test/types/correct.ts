import { definePlugin, implement, PluginBase, Type, type CapabilityApi } from '../../src/index.ts';
import { CanScan } from './contract.ts';

const Config = Type.Object({ depth: Type.Integer({ default: 3 }), label: Type.Optional(Type.String()) });

export const asFunction = definePlugin({
  config: Config,
  initialize: async ({ config, logger, resolve, signal }, initializing) => {
    const depth: number = config.depth;
    const label: string | undefined = config.label;
    logger.info({ depth, label, isAborted: signal.aborted || initializing.aborted }, 'ready');
    const other: CapabilityApi<typeof CanScan.methods> = resolve(CanScan);
    return {
      provides: [
        implement(CanScan, {
          scan: async ({ path }) => ({ findings: path.length }),
          async *follow({ path }, options) {
            yield* other.follow({ path }, options);
          },
          upload: async (chunks) => {
            for await (const chunk of chunks) if (chunk.byteLength === 0) return false;
            return true;
          },
          async *translate(texts) {
            for await (const text of texts) yield text.toUpperCase();
          },
        }),
      ],
      start: () => undefined,
      stop: async () => undefined,
    };
  },
});

class Scanner extends PluginBase<{ depth: number }> {
  readonly provides = [implement(CanScan, this)];

  // Less than the contract gives is enough.
  async scan(): Promise<{ findings: number }> {
    return { findings: this.context.config.depth };
  }

  async *follow({ path }: { path: string }): AsyncGenerator<number> {
    yield path.length;
  }

  async upload(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
    for await (const chunk of chunks) if (chunk.length === 0) return false;
    return true;
  }

  async *translate(texts: AsyncIterable<string>): AsyncGenerator<string> {
    yield* texts;
  }
}

export const asClass = definePlugin({ config: Config, plugin: Scanner });
export const withoutConfig = definePlugin({ initialize: () => ({}) });
