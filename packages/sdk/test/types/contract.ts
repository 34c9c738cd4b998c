import { Bytes, defineCapability, Type } from '../../src/index.ts';

/** One method of each shape. */
export const CanScan = defineCapability({
  id: 'CanScan',
  version: 1,
  parameters: Type.Object({ ecosystems: Type.Array(Type.String()) }),
  methods: {
    scan: {
      request: Type.Object({ path: Type.String() }),
      response: Type.Object({ findings: Type.Integer() }),
    },
    follow: { request: Type.Object({ path: Type.String() }), responseStream: Type.Integer() },
    upload: { requestStream: Bytes(), response: Type.Boolean() },
    translate: { requestStream: Type.String(), responseStream: Type.String() },
  },
});

defineCapability({
  id: 'Both',
  version: 1,
  // @ts-expect-error a method has one request or a stream of them
  methods: { scan: { request: Type.String(), requestStream: Type.String(), response: Type.String() } },
});

defineCapability({
  id: 'Neither',
  version: 1,
  // @ts-expect-error a method has a response
  methods: { scan: { request: Type.String() } },
});

// @ts-expect-error the version is a number
defineCapability({ id: 'Text', version: '1', methods: {} });

// @ts-expect-error nobody changes a contract
CanScan.methods.scan = CanScan.methods.follow;
