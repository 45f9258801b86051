// Ends the server, in good order, once scripts/bootstrap.mjs is gone: even killed, it leaves nothing running behind its back.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// The line to our parent is no reason to stay alive.
process.channel?.unref()
