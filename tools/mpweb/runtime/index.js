// Starts the mini-program: the order in which the parts are made. Everything a test or a phone around the page may
// touch is `window.__mp` (report.js).
require('./report')
require('./backend')
require('./shell')
require('./builtins/all')
require('./api/all')
require('./launch').start()
