// WeChat's built-in components, by kind.
require('./containers')
require('./words')
require('./pictures')
require('./buttons')
require('./fields')
require('./choices')
require('./forms')
require('./pickers')
