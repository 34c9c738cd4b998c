// Who installs every package: the program that runs inside the sandbox is among what is published.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

const sandbox = import.meta.resolve('@stellaops/plugin-sandbox/package.json');
assert(existsSync(new URL('bundle/runner.js', sandbox)), 'the package of the sandbox has no runner');
