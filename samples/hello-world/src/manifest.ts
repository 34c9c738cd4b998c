import { parseManifest } from '@stellaops/plugin-abstractions/hosting';
import json from '../plugin.json' with { type: 'json' };

/** The manifest of the package, for a host that links the plugin in, and for tests. */
export const manifest = parseManifest(json, 'plugin.json');
