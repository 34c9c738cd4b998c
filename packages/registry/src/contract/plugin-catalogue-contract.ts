import { auditing } from './auditing.ts';
import { changing } from './changing.ts';
import type { ContractCase } from './contract-case.ts';
import { deciding } from './deciding.ts';
import { joining } from './joining.ts';
import { reading } from './reading.ts';
import { registering } from './registering.ts';
import { sharing } from './sharing.ts';
import { watching } from './watching.ts';

/**
 * What every catalogue promises, wherever it is kept: for those who write one of their own. It needs no test runner, and works with any:
 * `for (const { name, run } of pluginCatalogueContract) it(name, () => run(open))`.
 */
export const pluginCatalogueContract: readonly ContractCase[] = [
  ...registering,
  ...changing,
  ...deciding,
  ...reading,
  ...auditing,
  ...joining,
  ...sharing,
  ...watching,
];
