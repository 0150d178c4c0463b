Component({ relations: { './box': { type: 'parent', linked() {} } } })
