import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import { allLaunchMeans } from '../../src/isolation/machine/launch-means.ts';
import { findPreparations, type PreparationParts } from '../../src/isolation/start/preparations.ts';

const parts: PreparationParts = {
  means: allLaunchMeans,
  prlimit: { file: '/usr/bin/prlimit', libraries: [] },
  setpriv: { file: '/usr/bin/setpriv', libraries: [] },
  identity: { uid: 60_706, gid: 60_706 },
  limits: defaultSandboxLimits,
  hardLimits: new Map(),
};
const withoutUserNamespace = { ...allLaunchMeans, userNamespace: false };

describe('what runs inside before Node', () => {
  it('is nothing on a machine that lacks nothing', () => {
    expect(findPreparations(parts)).toEqual([]);
  });

  it('gives up the user, its groups and every capability where there are no user namespaces', () => {
    const [setpriv, ...others] = findPreparations({ ...parts, means: withoutUserNamespace });
    expect(others).toEqual([]);
    expect([setpriv?.file, ...(setpriv?.arguments ?? [])].join(' ')).toBe(
      '/usr/bin/setpriv --reuid 60706 --regid 60706 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all --',
    );
  });

  it('limits before it gives up the right to, where there are no control groups either', () => {
    const means = { ...withoutUserNamespace, controlGroup: false };
    expect(findPreparations({ ...parts, means }).map(({ file }) => file)).toEqual([
      '/usr/bin/prlimit',
      '/usr/bin/setpriv',
    ]);
  });

  it.each([{ setpriv: undefined }, { identity: undefined }])(
    'is never left out where privileges would stay: %o',
    (missing) => {
      expect(() => findPreparations({ ...parts, means: withoutUserNamespace, ...missing })).toThrow(
        'needs a host that is root, and setpriv',
      );
    },
  );
});
