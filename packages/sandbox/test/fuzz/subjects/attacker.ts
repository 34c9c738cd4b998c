import { playFrames, type FrameScript } from '../play-frames.ts';
import { HostileHost, type HostScript } from '../play-host.ts';
import { playHttp2, type Http2Script } from '../play-http2.ts';
import { playSession, type SessionScript } from '../play-session.ts';
import { within } from './within.ts';

/** What an attacker is told to do: to a host at this path, or to the runner that will dial it. */
export type Attempt =
  | { readonly do: 'frames'; readonly path: string; readonly script: FrameScript }
  | { readonly do: 'http2'; readonly path: string; readonly script: Http2Script }
  | { readonly do: 'session'; readonly path: string; readonly script: SessionScript }
  | { readonly do: 'listen'; readonly script: HostScript }
  | { readonly do: 'leave'; readonly path: string };

/** Longer than any script takes. */
const patienceMs = 30_000;
const hosts = new Map<string, HostileHost>();

async function play(attempt: Attempt): Promise<string> {
  switch (attempt.do) {
    case 'frames':
      await playFrames(attempt.path, attempt.script);
      return 'played';
    case 'http2':
      await playHttp2(attempt.path, attempt.script);
      return 'played';
    case 'session':
      return playSession(attempt.path, attempt.script);
    case 'listen': {
      const host = await HostileHost.open(attempt.script);
      hosts.set(host.path, host);
      return host.path;
    }
    case 'leave': {
      const host = hosts.get(attempt.path);
      hosts.delete(attempt.path);
      if (host) await within(host.played, 5000);
      await host?.[Symbol.asyncDispose]();
      return 'left';
    }
    default:
      return attempt satisfies never;
  }
}

// What an attacker does may fail: that its other side lives is what counts.
process.on('uncaughtException', () => undefined);
process.on('message', ({ id, question }: { id: number; question: Attempt }) => {
  const played = within(play(question), patienceMs).catch((error: unknown) => String(error));
  void played.then((value) => process.send?.({ id, value }));
});
process.on('disconnect', () => process.exit());
