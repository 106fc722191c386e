-- Requests for wrk, the same as operations.ts makes; what stands where is told in arguments after `--`:
-- operation, token, contacts, types each, first position of the writes, seed, first type's id.
local BATCH_SIZE = 100
local EVIDENCE = ',"legalBasis":"CONSENT_WITH_NOTICE","legalBasisExplanation":"Ticked the box on the sign-up form."}'
local STATUSES = "/communication-preferences/v4/statuses"

local contacts, types, firstType, head
position = 0
issued = 0

-- What stands in a change after its address.
local function fields(at)
  local contact = at % contacts
  local lap = math.floor(at / contacts)
  local kind = lap % types
  local wasSubscribed = (contact + kind) % 2 == 0
  if math.floor(lap / types) % 2 == 1 then wasSubscribed = not wasSubscribed end
  if wasSubscribed then
    return contact, '"subscriptionId":' .. (firstType + kind) .. ',"statusState":"UNSUBSCRIBED","channel":"EMAIL"}'
  end
  return contact, '"subscriptionId":' .. (firstType + kind) .. ',"statusState":"SUBSCRIBED","channel":"EMAIL"' .. EVIDENCE
end

local function anybody()
  return math.random(0, contacts - 1)
end

local function post(path, body)
  return "POST " .. STATUSES .. path .. head .. "Content-Type: application/json\r\nContent-Length: " .. #body
    .. "\r\n\r\n" .. body
end

local make = {
  ["single-reads"] = function()
    return "GET " .. STATUSES .. "/contact-" .. anybody() .. "%40example.com?channel=EMAIL" .. head .. "\r\n"
  end,
  ["single-writes"] = function()
    local contact, change = fields(position)
    position = position + 1
    return post("/contact-" .. contact .. "%40example.com", "{" .. change)
  end,
  ["batch-reads"] = function()
    local inputs = {}
    for i = 1, BATCH_SIZE do inputs[i] = '"contact-' .. anybody() .. '@example.com"' end
    return post("/batch/read?channel=EMAIL", '{"inputs":[' .. table.concat(inputs, ",") .. "]}")
  end,
  ["batch-writes"] = function()
    local inputs = {}
    for i = 1, BATCH_SIZE do
      local contact, change = fields(position)
      position = position + 1
      inputs[i] = '{"subscriberIdString":"contact-' .. contact .. '@example.com",' .. change
    end
    return post("/batch/write", '{"inputs":[' .. table.concat(inputs, ",") .. "]}")
  end,
}

function init(args)
  contacts, types, position = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  math.randomseed(tonumber(args[6]))
  firstType = tonumber(args[7])
  head = " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\nAuthorization: Bearer " .. args[2] .. "\r\n"
  local next = make[args[1]]
  -- wrk asks for one request to look at, which it does not send.
  request = function()
    local first, look = position, next()
    position = first
    request = function()
      issued = issued + 1
      return next()
    end
    return look
  end
end

-- A function must stand here for wrk to look for one; init puts the right one in its place.
function request() end

local threads = {}
function setup(thread)
  threads[#threads + 1] = thread
end

function done(summary, latency)
  local sent = 0
  for _, thread in ipairs(threads) do sent = sent + thread:get("issued") end
  local errors = summary.errors
  io.write(string.format(
    '\n{"completed":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"issued":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), sent, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
