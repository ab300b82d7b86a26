-- Goes before every other script.
--
-- A job's keys: the stream of domains with one consumer group, whose pending entries are the leases;
-- `later`, domains that somebody else's clock keeps waiting, by the time in ms at which to look
-- again; `meta`, a hash; `workers`, a hash of what each says of itself.
-- An entry's count of deliveries says how far its lease has come: 1 is leased, BEGUN is begun.
-- A lock for each domain over all jobs: "JOB WORKER" while it is leased, "-" while its site has to
-- be left alone.

local GROUP = 'workers'
local BEGUN = 2
local LOCK = 'scrapersky:lock:'

local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- As scrapersky.domains.politeness_key: www. and the apex share one clock.
local function lock_of(domain)
  local rest = string.sub(domain, 5)
  if string.sub(domain, 1, 4) == 'www.' and string.find(rest, '.', 1, true) then
    return LOCK .. rest
  end
  return LOCK .. domain
end

local function owner_of(job, worker)
  return job .. ' ' .. worker
end

local function is_of_job(owner, job)
  return string.sub(owner, 1, #job + 1) == job .. ' '
end

local function add(stream, domain)
  redis.call('XADD', stream, '*', 'd', domain)
end

-- Lua's stack bears no more than some thousand arguments.
local function in_parts(ids, work)
  for first = 1, #ids, 500 do
    work({unpack(ids, first, math.min(first + 499, #ids))})
  end
end

local function remove(stream, ids)
  in_parts(ids, function(some)
    redis.call('XACK', stream, GROUP, unpack(some))
    redis.call('XDEL', stream, unpack(some))
  end)
end

-- Begins the time of a worker's own leases anew. More arguments of XCLAIM may follow.
local function claim(stream, worker, ids, ...)
  local options = {...}
  in_parts(ids, function(some)
    for _, option in ipairs(options) do some[#some + 1] = option end
    some[#some + 1] = 'JUSTID'
    redis.call('XCLAIM', stream, GROUP, worker, 0, unpack(some))
  end)
end

local function is_leased_by(stream, id, worker)
  return #redis.call('XPENDING', stream, GROUP, id, id, 1, worker) > 0
end

local function unlock(domain, owner)
  local key = lock_of(domain)
  if redis.call('GET', key) == owner then redis.call('DEL', key) end
end

-- 'held': the lock is ours now; 'twin': this job has the domain at work already;
-- otherwise the milliseconds after which to try again.
local function lock(domain, job, worker, previous, lease)
  local key = lock_of(domain)
  local ours = owner_of(job, worker)
  if redis.call('SET', key, ours, 'NX', 'PX', lease) then return 'held' end
  local owner = redis.call('GET', key)
  if not owner or (previous and owner == owner_of(job, previous)) then
    redis.call('SET', key, ours, 'PX', lease)
    return 'held'
  end
  if is_of_job(owner, job) then return 'twin' end
  local left = redis.call('PTTL', key)
  -- Whoever crawls it may be done long before the lease would end.
  if owner ~= '-' then left = math.min(left, 1000) end
  return math.max(left, 10)
end

-- The domain of an entry; nil where that is none of ours.
local function domain_of(entry)
  local fields = entry[2]
  if not fields or #fields ~= 2 or fields[1] ~= 'd' then return nil end
  local domain = fields[2]
  if #domain > 253 or not string.find(domain, '^[a-z0-9.-]+$') then return nil end
  return domain
end

-- Many travel as one string, with blanks between: a client takes longer over each part of a call or
-- an answer than over its length.
local function words(list)
  return table.concat(list, ' ')
end

local function split(text)
  local list = {}
  for word in string.gmatch(text, '%S+') do list[#list + 1] = word end
  return list
end

local function waiting_in(stream)
  return redis.call('XLEN', stream) - redis.call('XPENDING', stream, GROUP)[1]
end

-- The domains of all leases, expired ones included, as a set.
local function leased_in(stream)
  local last
  local group = redis.call('XINFO', 'GROUPS', stream)[1]
  for i = 1, #group, 2 do
    if group[i] == 'last-delivered-id' then last = group[i + 1] end
  end
  local leased = {}
  for _, entry in ipairs(redis.call('XRANGE', stream, '-', last)) do
    local domain = domain_of(entry)
    if domain then leased[domain] = true end
  end
  return leased
end
