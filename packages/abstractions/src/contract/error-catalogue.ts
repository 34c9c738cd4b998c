/**
 * Every error of the framework: its code, and the sentence that says who, what and the way out.
 *
 * A placeholder is a detail of the error, under that name; a name that ends in a unit (`Ms`, `MiB`, `Bytes`, `Count`)
 * is a number, every other one text. So a code fixes its details, and an error can be rebuilt from code and details alone.
 */
export const errorCatalogue = {
  MANIFEST_INVALID:
    'The manifest of {source} is refused: {problem}. Correct the plugin.json, then start or re-scan.',
  PLUGIN_ID_TAKEN:
    '{source} is refused: its id "{pluginId}" already belongs to {holder}. Give it another id, or remove one of the two.',
  PACKAGE_INVALID: 'The package {source} is refused: {problem}. Build and pack it again.',
  DIGEST_MISMATCH:
    'Plugin {pluginId} {version} is refused: it was registered with digest {expected}, and what is on disk has {actual}. Restore the registered package, or publish the change under a new version.',
  SIGNATURE_INVALID:
    'Plugin {pluginId} is refused: {problem}. Sign the package again with a trusted key, or remove its SHA256SUMS.sigstore.json to have it run as untrusted.',
  TRUST_REFUSED: 'Plugin {pluginId} is refused by the trust policy: {problem}.',
  INCOMPATIBLE:
    'Plugin {pluginId} asks for {engine} {range}, and this is {actual}. Install a version of the plugin made for it.',

  STATE_DIRECTORY_INVALID:
    'The state directory {directory} cannot be used: {problem}. Name another one by `stateDirectory`, or mend it.',

  ENTRY_INVALID:
    'The entry {entry} of plugin {pluginId} cannot be used: {problem}. It must export `plugin`, made by definePlugin().',
  CONFIG_INVALID:
    'The configuration of plugin {pluginId} is refused: {problem}. Correct it in the host options or in the registry.',
  LIFECYCLE_FAILED:
    'Plugin {pluginId} failed to {phase}: {problem}. Its log and the cause of this error say more.',
  LIFECYCLE_TIMED_OUT:
    'Plugin {pluginId} did not {phase} within {timeoutMs} ms and was given up. Make it faster, or raise `timeouts.{option}`.',
  TRANSITION_ILLEGAL:
    'Plugin {pluginId} cannot go from {from} to {to}. Wait for the step under way, or ask for one that the lifecycle allows.',
  REQUIRED_PLUGINS_FAILED:
    'The host did not start, because required plugins are not active: {problem}. Mend them, or take them out of `required`.',

  CAPABILITY_NOT_PROVIDED:
    'No active plugin provides {capability}: {problem}. Install or mend a plugin that declares it under "provides".',
  CAPABILITY_AMBIGUOUS:
    'Several active plugins provide {capability}: {pluginIds}. Name one by `pluginId`, or use resolveAll().',
  CAPABILITY_NOT_DECLARED:
    'Plugin {pluginId} does not declare {capability} under "{list}". Declare it in the plugin.json.',
  CAPABILITY_NOT_IMPLEMENTED:
    'Plugin {pluginId} declares {capability} but does not implement {missing}. Implement it, or declare less.',
  CAPABILITY_DENIED: 'Plugin {pluginId} was denied {capability}: {problem}.',

  QUOTA_EXCEEDED:
    'Plugin {pluginId} was refused {capability}: {problem}. Have it delete what it no longer needs, or raise `{option}`.',

  PLUGIN_NOT_ACTIVE: 'Plugin {pluginId} cannot take calls: its state is {state}. host.plugins() says why.',
  REQUEST_INVALID:
    'The request to {capability}.{method} of {pluginId} breaks the contract: {problem}. Correct the call.',
  RESPONSE_INVALID:
    'The answer of {pluginId} to {capability}.{method} breaks the contract: {problem}. The plugin must be corrected.',
  CALL_FAILED:
    '{capability}.{method} of {pluginId} failed: {problem}. The cause of this error and the log of the plugin say more.',
  CALL_TIMED_OUT:
    '{capability}.{method} of {pluginId} did not answer within {timeoutMs} ms. Pass a larger `timeoutMs` with the call, or raise `timeouts.callTimeoutMs`.',
  CALL_CANCELLED: 'The call to {capability}.{method} of {pluginId} was cancelled by its caller: {problem}.',
  CALL_REFUSED:
    'The call to {capability}.{method} of {pluginId} was refused: {limitCount} calls are in flight. Call again when some have ended, or raise `{option}`.',
  MESSAGE_TOO_LARGE:
    'A message of {capability}.{method} of {pluginId} has {sizeBytes} bytes, and the limit is {limitBytes}. Send less at once, or raise `{option}`.',

  SANDBOX_UNSUPPORTED: 'Untrusted plugins cannot be isolated here, so none is run: {problem}. {fix}',
  ISOLATION_INSUFFICIENT:
    'Plugin {pluginId} is not run, because its sandbox does not enforce {missing}. Mend the machine as the doctor says, or name what you can do without in `waivedIsolation`.',
  SANDBOX_HANDSHAKE_FAILED:
    'The sandbox of plugin {pluginId} did not come up: {problem}. The log of the plugin has its last output.',
  SANDBOX_EXITED:
    'The sandbox of plugin {pluginId} is gone: {problem}. Re-scan or restart the host to start a new one.',
  SANDBOX_LIMIT_EXCEEDED:
    'The sandbox of plugin {pluginId} was ended: it reached its {limit}. Have the plugin use less, or raise `{option}`.',
  SANDBOX_UNRESPONSIVE:
    'The sandbox of plugin {pluginId} was ended: it gave no sign of life for {timeoutMs} ms. Have the plugin yield more often, or raise `timeouts.heartbeatTimeoutMs`.',
  SANDBOX_PROTOCOL_VIOLATION:
    'The sandbox of plugin {pluginId} was ended: {problem}. A runner that speaks the protocol does not do that.',

  STORE_UNAVAILABLE:
    'The key-value store in {directory} cannot be used: {problem}. Name another directory, or mend this one.',

  REGISTRY_UNAVAILABLE: 'The registry cannot be used: {problem}. Restore it, then start the host again.',
  HOST_ID_TAKEN:
    'Host {hostId} is refused: {holder} has this id, and is alive. Give each host a `hostId` of its own, or stop the other one.',
  REGISTRY_CONFLICT:
    'The registry refuses plugin {pluginId} {version}: {problem}. Read its current entry and try again.',
} as const;

/** The code of an error; it decides the details and the sentence. */
export type PluginErrorCode = keyof typeof errorCatalogue;

type Placeholder<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;

type Unit = `${string}${'Ms' | 'MiB' | 'Bytes' | 'Count'}`;

/** The details of an error: one value for each placeholder of its sentence. */
export type PluginErrorDetails<Code extends PluginErrorCode = PluginErrorCode> = Code extends PluginErrorCode
  ? { readonly [Name in Placeholder<(typeof errorCatalogue)[Code]>]: Name extends Unit ? number : string }
  : never;
