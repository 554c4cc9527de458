"""PNRGOV: bookings, travellers, itineraries, documents in SSR, check-in, history."""
