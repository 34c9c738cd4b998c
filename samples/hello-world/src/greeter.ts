import { Type, defineCapability } from '@stellaops/plugin-sdk';

/** What the host asks and the plugin answers. Both import it. */
export const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: {
    greet: {
      request: Type.Object({ name: Type.String({ minLength: 1 }) }),
      response: Type.Object({ greeting: Type.String() }),
    },
  },
});
