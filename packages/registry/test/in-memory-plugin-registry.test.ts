import { InMemoryPluginRegistry } from '../src/index.ts';
import { describeRegistryContract } from './registry-contract.ts';

describeRegistryContract('InMemoryPluginRegistry', () => Promise.resolve(new InMemoryPluginRegistry()));
