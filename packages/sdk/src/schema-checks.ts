/** What needs the larger half of TypeBox. It is imported when it is needed, so that an import of a plugin does not evaluate it. */
export { schemaCheck, schemaProblem, withDefaults } from '@stellaops/plugin-abstractions/hosting';
