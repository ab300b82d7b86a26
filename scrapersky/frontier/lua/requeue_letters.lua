-- Pushes the messages of dead letters once more; those that were stream entries are dropped.
-- KEYS: dead letters, feed.
-- Returns how many were pushed.
local pushed = 0
for _ = 1, redis.call('LLEN', KEYS[1]) do
  local raw = redis.call('RPOP', KEYS[1])
  local ok, letter = pcall(cjson.decode, raw)
  if ok and type(letter) == 'table' and letter.feed == true and type(letter.message) == 'string' then
    redis.call('LPUSH', KEYS[2], letter.message)
    pushed = pushed + 1
  end
end
return pushed
