import type { Mount, NamespaceKind, Namespaces, ProcessFacts } from './process-facts.ts';

/** Looks at one thing of a process: what was seen, and whether it holds. What cannot be read does not. */
export type Look = (facts: ProcessFacts) => readonly [saw: string, held: boolean];

/** What bubblewrap sets by itself, and what every sandbox is given. */
const variables = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'PWD', 'STELLA_HOST_SOCKET'];

const unreadable = ['unreadable', false] as const;

/** Whether a namespace is another than the host's. */
export function namespaceLook(kind: NamespaceKind, hostNamespaces: Namespaces): Look {
  return ({ namespaces }) => {
    const [own, ofHost] = [namespaces[kind], hostNamespaces[kind]];
    if (own === undefined || ofHost === undefined) return unreadable;
    return own === ofHost ? ["the host's", false] : ['its own', true];
  };
}

/** Whether there is a mount of which this is said. */
export function mountsLook(isWrong: (mount: Mount) => boolean): Look {
  // A process that has ended sees no mounts at all.
  return ({ mounts }) =>
    mounts === undefined || mounts.length === 0
      ? unreadable
      : noneOf(mounts.filter(isWrong).map(({ point }) => point));
}

/** Routes to anything but itself. */
export const routesLook: Look = ({ routes }) =>
  routes === undefined ? unreadable : noneOf(routes.filter((networkInterface) => networkInterface !== 'lo'));

/** Variables beside those of every sandbox and these. */
export function environmentLook(others: readonly string[]): Look {
  const expected = new Set([...variables, ...others]);
  return ({ environment }) =>
    environment === undefined
      ? unreadable
      : noneOf(
          environment.filter((name) => !expected.has(name)),
          'those given alone',
        );
}

/** Inheritable, permitted, effective, bounding and ambient sets (capabilities(7)). */
export const capabilitiesLook: Look = ({ status }) =>
  noneOf(
    ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].filter((name) => !/^0+$/.test(status.get(name) ?? '')),
  );

/** Whether a line of `/proc/PID/status` has this value. */
export function statusLook(key: string, wanted: string): Look {
  return ({ status }) => {
    const value = status.get(key);
    return value === undefined ? unreadable : [value, value === wanted];
  };
}

/** Real, effective, saved and file system user, as the host counts. Only a host that is root can leave groups. */
export function userLook(uid: number | undefined): Look {
  return ({ status }) => {
    const [uids, groups] = ['Uid', 'Groups'].map((key) => status.get(key)?.split(/\s+/).filter(Boolean));
    if (uids === undefined || groups === undefined || uids.length !== 4) return unreadable;
    if (uids.includes('0')) return ['root', false];
    if (uid === undefined) return ["the host's, which is not root", true];
    if (uids.some((one) => one !== String(uid))) return ['not its own', false];
    return groups.every((group) => group === String(uid))
      ? ['its own', true]
      : ["its own, in others' groups", false];
  };
}

/** Whether limits by their names in `/proc/PID/limits` are at most these. */
export function limitsLook(wanted: readonly (readonly [name: string, most: number])[]): Look {
  return ({ limits }) => {
    const over = wanted.filter(([name, most]) => (limits.get(name) ?? Infinity) > most);
    return over.length === 0
      ? ['as asked', true]
      : [over.map(([name]) => `${name} is higher`).join(', '), false];
  };
}

/** The first three tell where to look. */
function noneOf(found: readonly string[], good = 'none'): readonly [saw: string, held: boolean] {
  return found.length === 0 ? [good, true] : [found.slice(0, 3).join(', '), false];
}
