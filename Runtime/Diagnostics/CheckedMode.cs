using System.Diagnostics;

namespace BufferLifetime;

/// <summary>
/// The checks that cost something: on when the <see cref="AppContext"/> switch <c>BufferLifetime.Checked</c> is set, which the
/// package does in Debug builds.
/// </summary>
/// <remarks>
/// User-backed iterators remember the thread that made them and refuse to be used on another; leases, converted iterators and imports
/// that are finalised without release report where they were extracted; released memory of pooled folios is overwritten with <see cref="Poison"/>.
/// </remarks>
public static class CheckedMode
{
    /// <summary>The name of the switch.</summary>
    public const string SwitchName = "BufferLifetime.Checked";

    /// <summary>What released memory of pooled folios is filled with.</summary>
    public const byte Poison = 0xDB;

    private static bool _enabled = AppContext.TryGetSwitch(SwitchName, out bool enabled) && enabled;

    /// <summary>
    /// Raised, on the finaliser thread, for everything that was lost without release; what it held stays held, because native
    /// code may still use it. Without a handler the report goes to <see cref="Trace"/>.
    /// </summary>
    public static event EventHandler<BufferLeakEventArgs>? LeakFound;

    /// <summary>Whether the checks are on.</summary>
    public static bool IsEnabled => _enabled;

    internal static void Set(bool enabled) => _enabled = enabled;

    internal static void ReportLeak(object lost, string what, StackTrace? origin)
    {
        var report = new BufferLeakEventArgs(what, origin?.ToString());
        if (LeakFound is { } handler)
            handler(lost, report);
        else
            Trace.TraceError(report.ToString());
    }

    /// <summary>Where the caller is, for a report later; null when nobody will ask. Line numbers would cost a hundred times as much.</summary>
    internal static StackTrace? CaptureOrigin() => _enabled ? new StackTrace(1, fNeedFileInfo: false) : null;
}
