namespace UringCopy;

/// <summary>A part of the file that is copied by one lane.</summary>
/// <param name="Position">Bytes from the start of the file.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct Block(long Position, int Length);
