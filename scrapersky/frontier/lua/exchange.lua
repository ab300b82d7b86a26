-- Takes acknowledgements, hands out leases.
-- KEYS: stream, later, meta, dead letters. ARGV: job, worker, lease in ms, leases wanted, rate a
-- second or 0, an epoch to be used if there is none, acknowledgements: entry, domain, and ms for which
-- its site is to be left alone, in turn.
-- Returns: epoch, entries and domains in turn, how many wait, ms until something may come by itself
-- (0: nothing will), the stream's last id, cursor.
local stream, later, meta, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local job, worker, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local wanted, rate = tonumber(ARGV[4]), tonumber(ARGV[5])
local owner, time = owner_of(job, worker), now()

if redis.call('EXISTS', stream) == 0 or redis.call('HEXISTS', meta, 'epoch') == 0 then
  redis.call('DEL', stream, later, meta)
  redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
  redis.call('HSET', meta, 'epoch', ARGV[6], 'cursor', '')
end

local acknowledged = {}
local acks = split(ARGV[7])
for i = 1, #acks, 3 do
  local id, domain, rest = acks[i], acks[i + 1], tonumber(acks[i + 2])
  if is_leased_by(stream, id, worker) then acknowledged[#acknowledged + 1] = id end
  local key = lock_of(domain)
  if redis.call('GET', key) == owner then
    if rest > 0 then
      redis.call('SET', key, '-', 'PX', rest)
    else
      redis.call('DEL', key)
    end
  end
end
if #acknowledged > 0 then
  remove(stream, acknowledged)
  local bucket = math.floor(time / 10000)
  redis.call('HINCRBY', meta, 'ended:' .. bucket, #acknowledged)
  redis.call('HDEL', meta, 'ended:' .. (bucket - 8), 'ended:' .. (bucket - 9))
end

local pause = 0
if wanted > 0 and rate > 0 then
  -- A bucket that holds a second's worth, or one, by the time at which it would be empty.
  local room = math.max(1000, 1000 / rate)
  local at = math.max(tonumber(redis.call('HGET', meta, 'rate_at') or '0'), time - room)
  wanted = math.min(wanted, math.floor((time - at) * rate / 1000 + 0.001))
  if wanted < 1 then pause = math.max(math.ceil(1000 / rate - (time - at)), 10) end
  redis.call('HSET', meta, 'rate_at', string.format('%.3f', at))
end

local leased = {}
if wanted > 0 then
  local due = redis.call('ZRANGEBYSCORE', later, '-inf', time, 'LIMIT', 0, wanted)
  for _, domain in ipairs(due) do
    add(stream, domain)
    redis.call('ZREM', later, domain)
  end
  local reply = redis.call('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', wanted,
    'STREAMS', stream, '>')
  local entries = reply and reply[1] and reply[1][2] or {}
  local dropped = {}
  for _, entry in ipairs(entries) do
    local domain = domain_of(entry)
    local got = domain and lock(domain, job, worker, nil, lease)
    if got == 'held' then
      leased[#leased + 1] = entry[1]
      leased[#leased + 1] = domain
    else
      dropped[#dropped + 1] = entry[1]
      if not domain then
        redis.call('LPUSH', dead, cjson.encode({job = job, reason = 'not an entry of ours',
          message = string.sub(table.concat(entry[2] or {}, ' '), 1, 1000)}))
        redis.call('LTRIM', dead, 0, 9999)
      elseif got ~= 'twin' then
        redis.call('ZADD', later, time + got, domain)
      end
    end
  end
  if #dropped > 0 then remove(stream, dropped) end
  if rate > 0 and #leased > 0 then
    local at = tonumber(redis.call('HGET', meta, 'rate_at'))
    redis.call('HSET', meta, 'rate_at', string.format('%.3f', at + #leased * 500 / rate))
  end
end

local last = ''
if #leased == 0 then
  local facts = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #facts, 2 do
    if facts[i] == 'last-generated-id' then last = facts[i + 1] end
  end
  local first = redis.call('ZRANGE', later, 0, 0, 'WITHSCORES')
  if #first > 0 then
    local ms = math.max(tonumber(first[2]) - time, 10)
    pause = pause == 0 and ms or math.min(pause, ms)
  end
end
local known = redis.call('HMGET', meta, 'epoch', 'cursor')
return {known[1], words(leased), waiting_in(stream), pause, last, known[2] or ''}
