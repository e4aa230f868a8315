using System.Runtime.ExceptionServices;

namespace BufferLifetime;

/// <summary>Releasing many fragments together.</summary>
public static class PageFragments
{
    /// <summary>Gives back whatever each fragment took: a pin, a reference, or nothing.</summary>
    /// <param name="fragments">What an extraction filled; entries that were never filled are skipped.</param>
    /// <exception cref="AlreadyReleasedException">One or more were released before; all others are released nevertheless.</exception>
    [ReleasesBuffer]
    public static void Release(ReadOnlySpan<PageFragment> fragments)
    {
        // One extraction never mixes modes, so what is borrowed is mostly told by the first.
        int first = 0;
        while ((uint)first < (uint)fragments.Length && fragments[first].Mode == ExtractMode.None)
            first++;

        if (first < fragments.Length)
            ReleaseHeld(ThreadLedger.Current, fragments[first..]);
    }

    /// <summary>Gives back one pin for each fragment.</summary>
    /// <param name="fragments">Fragments extracted in mode <see cref="ExtractMode.Pin"/>; entries that were never filled are skipped.</param>
    /// <exception cref="ReleaseModeMismatchException">One of them was not pinned; none is released.</exception>
    /// <exception cref="AlreadyReleasedException">One or more were released before; all others are released nevertheless.</exception>
    /// <remarks>The kernel's <c>unpin_user_pages</c>.</remarks>
    [ReleasesBuffer]
    public static void Unpin(ReadOnlySpan<PageFragment> fragments) => Release(fragments, ExtractMode.Pin);

    /// <summary>Gives back one reference for each fragment.</summary>
    /// <param name="fragments">Fragments taken in mode <see cref="ExtractMode.Get"/>; entries that were never filled are skipped.</param>
    /// <exception cref="ReleaseModeMismatchException">One of them was not taken by reference; none is released.</exception>
    /// <exception cref="AlreadyReleasedException">One or more were released before; all others are released nevertheless.</exception>
    [ReleasesBuffer]
    public static void Put(ReadOnlySpan<PageFragment> fragments) => Release(fragments, ExtractMode.Get);

    /// <summary>The legacy name of <see cref="Put"/>, for code that was written against the page getters.</summary>
    /// <param name="pages">Pages of <see cref="IovIter.GetPages"/>; entries that were never filled are skipped.</param>
    /// <exception cref="ReleaseModeMismatchException">One of them was not taken by reference; none is released.</exception>
    /// <exception cref="AlreadyReleasedException">One or more were released before; all others are released nevertheless.</exception>
    [ReleasesBuffer]
    public static void PutPages(ReadOnlySpan<PageFragment> pages) => Release(pages, ExtractMode.Get);

    /// <summary>
    /// Releases and clears what a failed operation took. What owners throw meanwhile is not told: the caller is told what failed, and everything is back as
    /// it was.
    /// </summary>
    internal static void Undo(Span<PageFragment> fragments)
    {
        ThreadLedger ledger = ThreadLedger.Current;
        Exception? untold = null;
        foreach (ref readonly PageFragment fragment in fragments)
        {
            if (fragment.Mode != ExtractMode.None)
                fragment.TryRelease(ledger, ref untold);
        }

        fragments.Clear();
    }

    /// <summary>Releases what is held, whatever stands before it.</summary>
    internal static void ReleaseHeld(ThreadLedger ledger, ReadOnlySpan<PageFragment> fragments)
    {
        bool again = false;
        Exception? failure = null;
        foreach (ref readonly PageFragment fragment in fragments)
        {
            if (fragment.Mode != ExtractMode.None)
                again |= !fragment.TryRelease(ledger, ref failure);
        }

        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        if (again)
            PageFragment.ThrowReleased();
    }

    private static void Release(ReadOnlySpan<PageFragment> fragments, ExtractMode mode)
    {
        foreach (ref readonly PageFragment fragment in fragments)
        {
            if (fragment.Mode != mode && !fragment.IsEmpty)
                throw new ReleaseModeMismatchException(fragment.Mode, mode);
        }

        Release(fragments);
    }
}
