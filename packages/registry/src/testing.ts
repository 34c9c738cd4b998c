export type { ContractCase, OpenCatalogue } from './contract/contract-case.ts';
export { pluginCatalogueContract } from './contract/plugin-catalogue-contract.ts';
