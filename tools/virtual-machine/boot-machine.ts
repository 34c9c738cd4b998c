import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SystemImage } from './system-image.ts';
import { addMessage, emptyReport, readMessage, type TestReport } from './test-report.ts';

/** What a virtual machine is given. */
export interface MachineOptions {
  readonly image: SystemImage;
  readonly archive: string;
  /** Gets what the kernel and systemd print. */
  readonly consoleLog: string;
}

const kernelCommandLine = 'console=ttyS0 root=/dev/vda rw quiet panic=-1 systemd.show_status=false';
const deadlineMs = 3 * 60 * 60 * 1000;

/** Boots a machine and tells what comes from inside, until it powers itself off. Rejects when it did not finish. */
export async function bootMachine(options: MachineOptions): Promise<TestReport> {
  const accelerator = hasKvm() ? 'kvm' : 'tcg';
  if (accelerator === 'tcg')
    console.log(
      'The processor is emulated, for want of a usable /dev/kvm: this takes half an hour and longer',
    );
  const machine = spawn('qemu-system-x86_64', emulatorArguments(options, accelerator), {
    // An end of its input would be the end of the line to the machine.
    stdio: ['pipe', 'pipe', 'inherit'],
    signal: AbortSignal.timeout(deadlineMs),
    killSignal: 'SIGKILL',
  });
  const ended = once(machine, 'exit');
  let report = emptyReport(accelerator);
  for await (const line of createInterface({ input: machine.stdout })) {
    const message = readMessage(line);
    if (message.kind === 'progress') console.log(message.text);
    report = addMessage(report, message);
  }
  await ended;
  if (!report.isFinished)
    throw new Error(`the machine ended before its tests did: see ${options.consoleLog}`);
  return report;
}

/** Some clouds have the device although their processors do not offer virtualization, and then machines stand still. */
function hasKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return /^flags.*\b(?:vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}

function emulatorArguments(
  { image, archive, consoleLog }: MachineOptions,
  accelerator: string,
): readonly string[] {
  const disk = (id: string, settings: string): readonly string[] => {
    const drive = `if=none,id=${id},format=raw,${settings}`;
    return ['-drive', drive, '-device', `virtio-blk-pci,drive=${id},serial=${id}`];
  };
  const computer = ['-accel', accelerator, '-cpu', 'max', '-smp', '2', '-m', '4096'];
  const display = ['-nodefaults', '-display', 'none', '-no-reboot', '-serial', `file:${consoleLog}`];
  const kernel = ['-kernel', image.kernel, '-initrd', image.initialRamDisk, '-append', kernelCommandLine];
  // What is written to the system goes to a file that is gone with the machine.
  const system = disk('system', `file=${image.disk},snapshot=on`);
  const repository = disk('repository', `file=${archive},readonly=on`);
  const line = ['-chardev', 'stdio,id=results,signal=off', '-device', 'virtio-serial-pci'];
  const port = ['-device', 'virtserialport,chardev=results,name=results'];
  return [computer, display, kernel, system, repository, line, port].flat();
}
