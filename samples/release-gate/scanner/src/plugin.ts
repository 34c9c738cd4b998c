import { CanScan } from '@stellaops-samples/release-gate-contracts';
import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { scan } from './scan.ts';

export const plugin = definePlugin({
  initialize: () => ({ provides: [implement(CanScan, { scan })] }),
});
