/**
 * How many times longer than usual tests wait, for machines whose processor is emulated: the number in `STELLA_TEST_PATIENCE`.
 * Default 1. What a test finds out does not depend on it.
 */
export const patience = Number(process.env['STELLA_TEST_PATIENCE'] ?? 1);
