/** The far end of the channel of `fork()`. */
process.on('message', (message) => process.send?.(message));
