import { socketFamilies } from './socket-families.ts';
import type { HostileCase } from '../hostile-case.ts';
import { knownAddress } from '../name-server.ts';

/** The host listens on each of these. */
export const network: readonly HostileCase[] = [
  socketFamilies,
  {
    name: 'connects to a port of the host',
    attempt: `return dial({ host: '127.0.0.1', port: scene.tcpPort })`,
    denied: 'EPERM',
    defences: ['filter of system calls', 'network namespace'],
    heldBy: { 'network namespace': 'ECONNREFUSED' },
    succeeds: 'connected',
  },
  {
    name: 'listens on a port',
    attempt: `return new Promise((resolve, reject) => {
      const server = net.createServer().on('error', reject).listen(0, '0.0.0.0', () => server.close(() => resolve('listening')));
    })`,
    denied: 'EPERM',
    defences: ['filter of system calls'],
    succeeds: 'listening',
  },
  {
    name: 'sends a datagram to the host',
    attempt: `return new Promise((resolve, reject) => {
      const socket = require('node:dgram').createSocket('udp4').on('error', reject);
      socket.on('message', () => socket.close(() => resolve('answered')));
      socket.connect(scene.udpPort, '127.0.0.1', (error) => error ? reject(error) : socket.send('x'));
    })`,
    denied: 'EPERM',
    defences: ['filter of system calls', 'network namespace'],
    heldBy: { 'network namespace': 'ECONNREFUSED' },
    succeeds: 'answered',
  },
  {
    name: 'carries a secret out in a question to a name server',
    attempt: `const resolver = new (require('node:dns').promises.Resolver)({ tries: 1 });
      resolver.setServers(['127.0.0.1:' + scene.nameServerPort]);
      return (await resolver.resolve4('a-secret.example.com'))[0];`,
    denied: 'ECONNREFUSED',
    defences: ['filter of system calls', 'network namespace'],
    succeeds: knownAddress,
  },
  {
    name: 'asks for the address of a name by the C library',
    attempt: `return (await require('node:dns').promises.lookup('localhost')).address ? 'resolved' : 'nothing'`,
    denied: 'EAI_AGAIN',
    defences: ['own file system'],
    succeeds: 'resolved',
  },
  {
    name: 'connects to an abstract socket of the host, which no file system hides',
    attempt: 'return dial({ path: scene.abstractSocket })',
    denied: 'ECONNREFUSED',
    defences: ['network namespace'],
    succeeds: 'connected',
  },
  {
    name: 'looks for the sockets of the host',
    attempt: `return fs.readFileSync('/proc/self/net/unix', 'utf8').includes(scene.abstractSocket.slice(1)) ? 'seen' : 'hidden'`,
    denied: 'hidden',
    defences: ['network namespace'],
    succeeds: 'seen',
  },
  {
    name: 'lists the network interfaces',
    attempt: `try { os.networkInterfaces(); return 'listed' } catch { return 'refused' }`,
    denied: 'refused',
    defences: ['filter of system calls'],
    succeeds: 'listed',
  },
];
