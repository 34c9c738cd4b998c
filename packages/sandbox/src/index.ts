export { examineMachine } from './doctor/examine-machine.ts';
export type { MachineCheck, MachineCheckName, MachineReport } from './doctor/machine-report.ts';
export { ProcessSandbox, type ProcessSandboxOptions, type WarmSlots } from './process-sandbox.ts';
