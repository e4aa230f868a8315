namespace BufferLifetime;

/// <summary>What one extraction covered.</summary>
/// <param name="Bytes">Bytes covered; the iterator was advanced by as many. Fewer than asked is normal, zero is the end.</param>
/// <param name="Fragments">Entries filled, from the start of the caller's span.</param>
/// <param name="Mode">What was taken for every one of those fragments; one extraction never mixes modes.</param>
public readonly record struct ExtractResult(long Bytes, int Fragments, ExtractMode Mode);
