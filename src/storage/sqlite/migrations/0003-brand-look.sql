-- How a brand shows itself to its contacts. Every brand that is there already is plain.

ALTER TABLE business_unit
  ADD COLUMN look TEXT NOT NULL DEFAULT '{}';  -- JSON: {accentColor, logo, texts, …}; what is absent is as by default
