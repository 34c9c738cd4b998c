import { definePlugin, PluginBase, Type } from '../../src/index.ts';

const Config = Type.Object({ depth: Type.Integer(), label: Type.Optional(Type.String()) });

definePlugin({
  config: Config,
  initialize: ({ config }) => {
    // @ts-expect-error the schema has no such field
    const wrong: unknown = config.dept;
    // @ts-expect-error the field has another type
    const text: string = config.depth;
    // @ts-expect-error the field may be missing
    const label: string = config.label;
    void [wrong, text, label];
    return {};
  },
});

definePlugin({
  // @ts-expect-error without a schema nothing is known of the configuration
  initialize: ({ config }) => ({ start: () => void config.depth }),
});

class Deep extends PluginBase<{ depth: string }> {
  readonly provides = [];
}

// @ts-expect-error the class wants another configuration than the schema gives
definePlugin({ config: Config, plugin: Deep });
