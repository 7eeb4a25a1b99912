const { createServer } = require('node:http');

createServer((_request, response) => response.end(`release ${process.env.RELEASE}\n`)).listen(3000);
